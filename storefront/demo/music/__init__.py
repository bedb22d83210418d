"""The compositions: a module per album, its pieces in the order of its tracks."""
