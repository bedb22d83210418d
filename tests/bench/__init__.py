"""How fast the public pages are, as a share of a plain-text hello: `python -m tests.bench`."""
