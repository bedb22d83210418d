"""The owner's side."""
