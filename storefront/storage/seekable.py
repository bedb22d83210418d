"""A file to read that is made of something else: whoever derives from it says what stands where."""

import io


class SeekableReader(io.RawIOBase):
    """`size` bytes, read and sought like a file of the disk; `_read_at` gives them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._position = 0

    def _read_at(self, position: int, most: int) -> bytes:
        """Some bytes from there, at least one and at most so many; there are as many."""
        raise NotImplementedError

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
            part = self._read_at(self._position, wanted)
            if not part:
                raise OSError("the file is shorter than it was")
            parts.append(part)
            wanted -= len(part)
            self._position += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readall(self) -> bytes:
        return self.read()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer; this is what io gives
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
