"""The shapes of Stripe's objects: a module per kind, each with one function that makes the document of a new object.

Fields that Stripe always sends are always there; those that it leaves out unless something is used are left out.
"""
