"""What the shop does, whoever asked: a view, a command or a job that fell due."""
