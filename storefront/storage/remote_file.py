"""A file that lies elsewhere, as one that can be read and sought here."""

import io
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

#: Bytes of one request. A client of 50 kB/s takes ten seconds for it.
BLOCK = 512 * 1024
#: Read ahead for all files together.
_READERS = ThreadPoolExecutor(8, thread_name_prefix="read-ahead")


class RemoteFile(io.RawIOBase):
    """Holds the block that is read and has the next one under way, so that only a leap waits for an answer.

    `read_range(start, end)` gives these bytes; what it raises, reading raises.
    """

    def __init__(self, size: int, read_range: Callable[[int, int], bytes]) -> None:
        self._size = size
        self._read_range = read_range
        self._position = 0
        self._blocks: dict[int, Future[bytes]] = {}

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._size - self._position)
        wanted = left if size is None or size < 0 else min(size, left)
        parts = []
        while wanted > 0:
            number, within = divmod(self._position, BLOCK)
            part = self._block(number)[within : within + wanted]
            if not part:
                raise OSError("the file is shorter than it was")
            parts.append(part)
            wanted -= len(part)
            self._position += len(part)
        return b"".join(parts)

    def readall(self) -> bytes:
        return self.read()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer; this is what io gives
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _block(self, number: int) -> bytes:
        wanted = [number, number + 1] if (number + 1) * BLOCK < self._size else [number]
        self._blocks = {each: self._blocks.get(each) or self._begin(each) for each in wanted}
        try:
            return self._blocks[number].result()
        except BaseException:
            self._blocks = {}  # so that whoever reads again asks again
            raise

    def _begin(self, number: int) -> Future[bytes]:
        start = number * BLOCK
        return _READERS.submit(self._read_range, start, min(start + BLOCK, self._size))

    def close(self) -> None:
        for block in self._blocks.values():
            block.cancel()
        self._blocks = {}
        super().close()
