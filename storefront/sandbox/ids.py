"""Ids as Stripe makes them: a prefix that names the kind, and random letters and digits."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """`new_id("pi")` -> "pi_5fKx..."."""
    return f"{prefix}_{random_text(length)}"


def random_text(length: int) -> str:
    """So many letters and digits, from the system's source of randomness."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
