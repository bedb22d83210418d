"""The catalogue services."""
