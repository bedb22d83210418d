"""Ids as Stripe makes them: a prefix that names the kind, and random letters and digits.

They come from the system's randomness, or, inside `drawn_from`, from a generator of the caller's: one with a seed makes
the same ids in every run.
"""

import random
import string
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ALPHABET = string.ascii_letters + string.digits
SYSTEM = random.SystemRandom()
_source: ContextVar[random.Random] = ContextVar("_source")


def new_id(prefix: str, length: int = 24) -> str:
    """`new_id("pi")` -> "pi_5fKx..."."""
    return f"{prefix}_{random_text(length)}"


def random_text(length: int) -> str:
    """So many letters and digits."""
    return "".join(_source.get(SYSTEM).choices(ALPHABET, k=length))


@contextmanager
def drawn_from(source: random.Random) -> Iterator[None]:
    """What is made meanwhile, in this thread, takes its letters from `source`."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)
