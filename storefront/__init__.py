"""Storefront: a record shop that a band or a label owns."""
