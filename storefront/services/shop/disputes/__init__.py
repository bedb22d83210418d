"""Disputes as the owner sees them: which there are, what the bank says, and the evidence that the shop has."""
