"""The store services."""
