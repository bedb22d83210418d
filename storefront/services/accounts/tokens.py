"""Secret tokens, which the database never holds."""

import hashlib


def digest(token: str) -> str:
    """What a row keeps of a secret token: its SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()
