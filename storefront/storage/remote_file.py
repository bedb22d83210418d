"""A file that lies elsewhere, as one that can be read and sought here."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from storefront.storage.seekable import SeekableReader

#: Bytes of one request. A client of 50 kB/s takes ten seconds for it.
BLOCK = 512 * 1024
#: Read ahead for all files together.
_READERS = ThreadPoolExecutor(8, thread_name_prefix="read-ahead")


class RemoteFile(SeekableReader):
    """Holds the block that is read and has the next one under way, so that only a leap waits for an answer.

    `read_range(start, end)` gives these bytes; what it raises, reading raises.
    """

    def __init__(self, size: int, read_range: Callable[[int, int], bytes]) -> None:
        super().__init__(size)
        self._read_range = read_range
        self._blocks: dict[int, Future[bytes]] = {}
        #: That somebody is to be called for.
        self._awaited: Future[bytes] | None = None

    def ready(self, wake: Callable[[], None]) -> bool:
        """Whether the block that is read next is here, or failed."""
        block = self._under_way(self.tell() // BLOCK)
        if not block.done() and block is not self._awaited:
            self._awaited = block
            block.add_done_callback(lambda _: wake())
        return block.done()

    def _read_at(self, position: int, most: int) -> bytes:
        number, within = divmod(position, BLOCK)
        return self._block(number)[within : within + most]

    def _block(self, number: int) -> bytes:
        try:
            return self._under_way(number).result()
        except BaseException:
            self._blocks = {}  # so that whoever reads again asks again
            raise

    def _under_way(self, number: int) -> Future[bytes]:
        """This block; it and the next one are asked for."""
        wanted = [number, number + 1] if (number + 1) * BLOCK < self.size else [number]
        self._blocks = {each: self._blocks.get(each) or self._begin(each) for each in wanted}
        return self._blocks[number]

    def _begin(self, number: int) -> Future[bytes]:
        start = number * BLOCK
        return _READERS.submit(self._read_range, start, min(start + BLOCK, self.size))

    def close(self) -> None:
        for block in self._blocks.values():
            block.cancel()
        self._blocks = {}
        super().close()
