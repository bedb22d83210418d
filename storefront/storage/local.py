"""A folder on this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from obstore.store import LocalStore

from storefront.storage.interface import MissingFile, checked
from storefront.storage.objects import ObjectStorage


class LocalStorage(ObjectStorage):
    """One file for each key, in one folder, which is made if it is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        super().__init__(LocalStore(self.folder))

    def open(self, key: str) -> BinaryIO:
        """A real file, which the web server may send without reading it into Python."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise MissingFile(key) from None

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        if not path.is_file():
            raise MissingFile(key)
        yield path

    def _path(self, key: str) -> Path:
        return self.folder / checked(key)

    def _put(self, key: str, content: Any, size: int) -> None:
        super()._put(key, content, size)
        # obstore renames a finished copy into place but leaves it to the system when it reaches the disk: the database
        # would remember a file that a power failure took.
        _flush(self._path(key))
        _flush(self.folder)


def _flush(path: Path) -> None:
    """To the disk: a file's content, or a folder's names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
