"""What all storages have in common: they are obstore's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from storefront.storage.interface import MissingFile, checked

#: Parts of a large file that are under way at once; each has 5 MiB.
PARTS_AT_ONCE = 4


@contextmanager
def telling(key: str) -> Iterator[None]:
    """Inside, what obstore raises becomes MissingFile or OSError."""
    try:
        yield
    except FileNotFoundError:
        raise MissingFile(key) from None
    except BaseError as error:  # no space left, no such bucket, key refused
        raise OSError(f"{key}: {_said(str(error))}") from error


def _said(error: str) -> str:
    """What is wrong is in the first line; but a bucket that is not there is told of in the answer under it."""
    # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    return "there is no such bucket" if "<Code>NoSuchBucket</Code>" in error else error.splitlines()[0]


class ObjectStorage:
    """Files in one of obstore's stores. How they are opened is each subclass's own."""

    origin: str | None = None

    def __init__(self, store: LocalStore | MemoryStore | S3Store) -> None:
        self._store = store

    def put(self, key: str, path: Path) -> None:
        self._put(checked(key), path, path.stat().st_size)

    def put_bytes(self, key: str, data: bytes) -> None:
        self._put(checked(key), data, len(data))

    def size(self, key: str) -> int:
        with telling(checked(key)):
            return obstore.head(self._store, key)["size"]

    def exists(self, key: str) -> bool:
        return self._holds(checked(key))

    def delete(self, key: str) -> None:
        try:
            with telling(checked(key)):
                obstore.delete(self._store, key)
        except MissingFile:
            return

    def all_keys(self) -> Iterator[str]:
        yield from (key for key, _ in self.all_sizes())

    def all_sizes(self) -> Iterator[tuple[str, int]]:
        with telling("the list of files"):
            for some in obstore.list(self._store):
                yield from ((found["path"], found["size"]) for found in some)

    def link(self, key: str, *, media_type: str, disposition: str | None, seconds: int) -> str | None:
        checked(key)
        return None

    def _put(self, key: str, content: Any, size: int) -> None:
        # Of another size is what a power failure cut off, before anybody was told that it is stored.
        if not self._holds(key, size):
            try:
                obstore.put(self._store, key, content, max_concurrency=PARTS_AT_ONCE)
            except (BaseError, FileNotFoundError) as error:  # no space left, no such bucket
                raise OSError(f"{key} cannot be stored: {_said(str(error))}") from error

    def _holds(self, key: str, size: int | None = None) -> bool:
        """Whether something is stored under `key`, of this size if one is given."""
        try:
            return size in (None, self.size(key))
        except MissingFile:
            return False
