"""What all storages have in common: they are obstore's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import GenericError
from obstore.store import LocalStore, MemoryStore

from storefront.storage.interface import MissingFile, checked


class ObjectStorage:
    """Files in one of obstore's stores. How they are opened is each subclass's own."""

    def __init__(self, store: LocalStore | MemoryStore) -> None:
        self._store = store

    def put(self, key: str, path: Path) -> None:
        self._put(checked(key), path, path.stat().st_size)

    def put_bytes(self, key: str, data: bytes) -> None:
        self._put(checked(key), data, len(data))

    def size(self, key: str) -> int:
        try:
            return obstore.head(self._store, checked(key))["size"]
        except FileNotFoundError:
            raise MissingFile(key) from None

    def exists(self, key: str) -> bool:
        return self._holds(checked(key))

    def delete(self, key: str) -> None:
        try:
            obstore.delete(self._store, checked(key))
        except FileNotFoundError:
            return

    def all_keys(self) -> Iterator[str]:
        for some in obstore.list(self._store):
            yield from (found["path"] for found in some)

    def _put(self, key: str, content: Any, size: int) -> None:
        # Of another size is what a power failure cut off, before anybody was told that it is stored.
        if not self._holds(key, size):
            try:
                obstore.put(self._store, key, content)
            except GenericError as error:  # with what is wrong in its first line: no space left, no such bucket
                raise OSError(f"{key} cannot be stored: {str(error).splitlines()[0]}") from error

    def _holds(self, key: str, size: int | None = None) -> bool:
        """Whether something is stored under `key`, of this size if one is given."""
        try:
            return size in (None, self.size(key))
        except MissingFile:
            return False
