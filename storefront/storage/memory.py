"""In memory, gone with the process: for tests."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import obstore
from obstore.store import MemoryStore

from storefront.storage.interface import MissingFile, checked
from storefront.storage.objects import ObjectStorage


class MemoryStorage(ObjectStorage):
    def __init__(self) -> None:
        super().__init__(MemoryStore())

    def open(self, key: str) -> BinaryIO:
        return io.BytesIO(self._bytes(key))

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="storefront-") as folder:
            path = Path(folder, key)
            path.write_bytes(self._bytes(key))
            yield path

    def _bytes(self, key: str) -> bytes:
        try:
            return bytes(obstore.get(self._store, checked(key)).bytes())
        except FileNotFoundError:
            raise MissingFile(key) from None
