"""A file to read that is made of something else: whoever derives from it says what stands where."""

import io
from collections.abc import Callable
from typing import Protocol


class Readable(Protocol):
    """An open file, as far as it is used here."""

    def read(self, size: int, /) -> bytes: ...


class SeekableReader(io.RawIOBase):
    """`size` bytes, read and sought like a file of the disk; `_read_at` gives them.

    Whoever must not wait asks whether it is `ready`, and then takes what `read1` gives.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._position = 0

    def _read_at(self, position: int, most: int) -> bytes:
        """Some bytes from there, at least one and at most so many; there are as many."""
        raise NotImplementedError

    def ready(self, wake: Callable[[], None]) -> bool:
        """Whether the next read1 waits for nothing far away. If not, `wake` is called when it is time to ask again.

        Any thread may call it.
        """
        return True

    def read1(self, size: int) -> bytes:
        """Some bytes, at least one before the end and at most so many: those that can be had in one go."""
        wanted = min(size, max(0, self.size - self._position))
        part = self._read_at(self._position, wanted) if wanted > 0 else b""
        if wanted > 0 and not part:
            raise OSError("the file is shorter than it was")
        self._position += len(part)
        return part

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        left = max(0, self.size - self._position)
        wanted = left if size is None or size < 0 else min(size, left)
        parts = []
        while wanted > 0:
            parts.append(self.read1(wanted))
            wanted -= len(parts[-1])
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readall(self) -> bytes:
        return self.read()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer; this is what io gives
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def is_ready(file: object, wake: Callable[[], None]) -> bool:
    """SeekableReader.ready of any file; one of the disk always is."""
    return file.ready(wake) if isinstance(file, SeekableReader) else True


def read_some(file: Readable, size: int) -> bytes:
    """SeekableReader.read1 of any file."""
    return file.read1(size) if isinstance(file, SeekableReader) else file.read(size)
