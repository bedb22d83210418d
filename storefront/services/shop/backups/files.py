"""Files that are on the disk when they have their name, and written so that nobody else notices."""

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

#: What is written at a time: small enough that a buyer's commit, which waits behind it for the disk, waits for little.
PIECE = 256 * 1024
#: How much longer than a piece took to reach the disk the next one waits, where a database uses that disk too.
REST = 4

#: progress("Files") is a context that yields report(done, total).
Progress = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a file is: its SHA-256 in hex and its size in bytes."""

    sha256: str
    size: int


class Pace:
    """How hard to write. `gentle` is for a disk from which the shop sells at the same time.

    Measured with a database of 200 MB, SQLite's own backup at full speed: a commit that takes 0.5 ms alone, at the
    99th percentile, takes 130 ms beside it, because its fsync waits for all that the backup has written.
    """

    def __init__(self, gentle: bool) -> None:
        self.gentle = gentle

    def written(self, descriptor: int) -> None:
        """After each piece: brings it to the disk, and leaves the disk to others for a while."""
        if self.gentle:
            began = time.perf_counter()
            os.fdatasync(descriptor)
            time.sleep(REST * (time.perf_counter() - began))


FULL_SPEED = Pace(gentle=False)


def pieces(source: BinaryIO) -> Iterator[bytes]:
    """A stream to its end."""
    while piece := source.read(PIECE):
        yield piece


def write_file(target: Path, content: Iterable[bytes], pace: Pace = FULL_SPEED) -> FileRecord:
    """Writes a file for its owner's eyes only, to the disk; says what was written.

    Raises OSError with the file's name; a part of it may stay then.
    """
    digest, size = hashlib.sha256(), 0
    with os.fdopen(create(target), "wb", buffering=0) as file:
        for piece in content:
            for start in range(0, len(piece), PIECE):
                _write(file.fileno(), piece[start : start + PIECE], target)
                pace.written(file.fileno())
            digest.update(piece)
            size += len(piece)
        os.fsync(file.fileno())
    return FileRecord(digest.hexdigest(), size)


def create(target: Path) -> int:
    """A descriptor of a new, empty file of this name, for its owner's eyes only."""
    target.unlink(missing_ok=True)
    return os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _write(descriptor: int, data: bytes, target: Path) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError as error:  # which knows the descriptor alone
        raise OSError(error.errno, error.strerror, str(target)) from error


def read_record(path: Path, read: Callable[[int], None] = lambda size: None) -> FileRecord:
    """What a file is; `read` is told of every piece's size. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        for piece in pieces(file):
            digest.update(piece)
            size += len(piece)
            read(len(piece))
    return FileRecord(digest.hexdigest(), size)


def make_folder(folder: Path) -> None:
    """For its owner's eyes only, if it is not there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def flush(path: Path) -> None:
    """To the disk: a file's content, or a folder's names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
