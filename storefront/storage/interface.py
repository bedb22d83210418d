"""What every storage does, and how it fails."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

_KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,199}(\.[0-9a-z]{1,8})?", re.ASCII)


class MissingFile(LookupError):
    """Nothing is stored under this key."""


class BadKey(ValueError):
    """This can be no key: keys are letters, digits, - and _, and at most one dot. So none leads out of the storage."""


def checked(key: str) -> str:
    """Return `key` if it is one; raises BadKey."""
    if not _KEY.fullmatch(key):
        raise BadKey(f"not a key of the storage: {key[:80]!r}")
    return key


class Storage(Protocol):
    """Files by key, for several threads and processes at once.

    Every method raises BadKey for what is no key, and OSError for a storage that cannot be reached.
    """

    #: Where links lead to ("https://host"), for a page that shows or plays what is there; None without links.
    origin: str | None

    def put(self, key: str, path: Path) -> None:
        """Stores a copy of the file at `path`: whole or not at all, and on the disk when this returns.

        What is under `key` already is the same, for a key is a digest: it stays. Raises OSError when there is no room.
        """

    def put_bytes(self, key: str, data: bytes) -> None:
        """The same for bytes."""

    def open(self, key: str) -> BinaryIO:
        """Opens for reading; seekable. Raises MissingFile."""

    def size(self, key: str) -> int:
        """In bytes. Raises MissingFile."""

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None:
        """Deletes; what is not there stays so."""

    def all_keys(self) -> Iterator[str]:
        """Every key under which something is stored, in no order."""

    def all_sizes(self) -> Iterator[tuple[str, int]]:
        """The same with the size in bytes."""

    def local_path(self, key: str) -> AbstractContextManager[Path]:
        """Lends a path for tools that want one: read only, and only inside the block. Raises MissingFile."""

    def link(self, key: str, *, media_type: str, disposition: str | None, seconds: int) -> str | None:
        """An address where anybody may GET this file, whole or in part, for so long; None if the storage has none.

        Whether the file is there is not asked. The answer there has this Content-Type and Content-Disposition.
        """
