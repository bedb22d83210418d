"""The accounts services."""
