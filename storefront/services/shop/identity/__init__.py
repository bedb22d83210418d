"""What the owner sets at the desk: the shop's name, look, links and texts, who its mails are from, what it sells in.

What stands in the ini file or the environment holds and cannot be changed here; else what is set here holds; else the
default. So whoever runs the machine may fix what an artist had better not touch: a sender that the mail server takes.
"""
