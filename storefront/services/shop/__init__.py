"""The shop services."""
