"""The library services."""
