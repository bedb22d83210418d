"""Passwords: which may be chosen, and how they are kept.

Rules: NIST SP 800-63B, 3.1.1.2 (length, no composition, a list of common ones). Hashing: argon2id as OWASP advises,
https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
"""

import gzip
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerifyMismatchError

SHORTEST = 8
#: For whoever sits at the desk, who has no second factor yet.
SHORTEST_AT_THE_DESK = 15
LONGEST_BYTES = 4096

#: 19 MiB, two passes, one lane. Raising one rehashes each password at its next sign-in.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
#: So that guesses in plenty cannot take every core and all memory,
_AT_ONCE = threading.BoundedSemaphore(2)
#: nor, by waiting for their turn, every thread that pages need.
_ROOM = threading.BoundedSemaphore(4)

_NOT_LETTERS = re.compile(r"[\W\d_]+")


class BadPassword(ValueError):
    """May not be chosen; the message is for whoever typed it."""


class HashingBusy(Exception):
    """So many sign in at this moment that this one must wait."""


@cache
def common_passwords() -> frozenset[str]:
    """The 20,000 most common ones in lower case, by Royce Williams, as Django ships them (BSD licence).

    https://gist.github.com/roycewilliams/226886fd01572964e1431ac8afc999ce
    """
    packed = (files(__package__) / "common-passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split())


def check_password(password: str, *, words: Iterable[str], shortest: int = SHORTEST) -> None:
    """Raises BadPassword unless it may be chosen; `words` are those that a guesser of this account tries first."""
    normal = _normal(password)
    if len(normal) < shortest:
        raise BadPassword(f"Choose a password of at least {shortest} characters")
    if len(normal.encode()) > LONGEST_BYTES:
        raise BadPassword("Choose a shorter password")
    if normal.casefold() in common_passwords():
        raise BadPassword("Many people use this password, so it is guessed first; choose another")
    if _is_made_of(normal, words):
        raise BadPassword("This password is made of the shop's name or your address; choose another")


def _is_made_of(password: str, words: Iterable[str]) -> bool:
    """Whether nothing is left of it without these words, digits and signs ("Harbour-Lights-2026!")."""
    letters = _NOT_LETTERS.sub("", password.casefold())
    parts = {part for word in words for part in _NOT_LETTERS.split(word.casefold()) if len(part) > 2}
    for part in sorted(parts, key=len, reverse=True):
        letters = letters.replace(part, "")
    return not letters and bool(_NOT_LETTERS.sub("", password))


def _normal(password: str) -> str:
    """The same characters, however the keyboard made them (NIST SP 800-63B asks for NFKC or NFKD)."""
    return unicodedata.normalize("NFKC", password)


@contextmanager
def waiting_room() -> Iterator[None]:
    """Where whoever comes with a password waits, before anything is done for them. Raises HashingBusy when full."""
    if not _ROOM.acquire(blocking=False):
        raise HashingBusy
    try:
        yield
    finally:
        _ROOM.release()


def hash_password(password: str) -> str:
    """What the row keeps, in PHC string format. About 30 ms, of two at once."""
    with _AT_ONCE:
        return _HASHER.hash(_normal(password))


@cache
def _nobodys() -> str:
    return hash_password("nobody's")


def verify_password(stored: str | None, password: str) -> bool:
    """Whether it is this one; takes as long for an account that is not there."""
    if len(password.encode()) > LONGEST_BYTES:
        return False
    against = stored or _nobodys()
    with _AT_ONCE:
        try:
            return _HASHER.verify(against, _normal(password)) and stored is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Whether it was hashed with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)
