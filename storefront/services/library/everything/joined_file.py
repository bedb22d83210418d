"""Several pieces as one file: a server can seek in it and send any part, and nothing of it is copied anywhere."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from typing import BinaryIO

from storefront.storage import SeekableReader, is_ready, read_some

#: Open what the next pieces lie in, for those who must not wait for it.
_OPENERS = ThreadPoolExecutor(4, thread_name_prefix="open-ahead")


@dataclass(frozen=True, slots=True)
class Stored:
    """`length` bytes of what is stored under `key`, from byte `start` on."""

    key: str
    start: int
    length: int


Piece = bytes | Stored


class JoinedFile(SeekableReader):
    """A seekable file of the pieces one after the other; of what is stored, it has one open at a time.

    Reading raises what `open_stored` raises.
    """

    def __init__(self, pieces: Sequence[Piece], open_stored: Callable[[str], BinaryIO]) -> None:
        self._pieces = pieces
        lengths = (piece.length if isinstance(piece, Stored) else len(piece) for piece in pieces)
        #: Where each piece begins, and at last where all ends.
        self._starts = list(accumulate(lengths, initial=0))
        super().__init__(self._starts[-1])
        self._open_stored = open_stored
        self._opened: tuple[str, BinaryIO] | None = None
        self._opening: tuple[str, Future[BinaryIO]] | None = None

    def ready(self, wake: Callable[[], None]) -> bool:
        """Whether what the next bytes lie in is open, and has them here."""
        if self.tell() >= self.size:
            return True
        piece, within = self._piece(self.tell())
        if isinstance(piece, bytes):
            return True
        if self._opened is None or self._opened[0] != piece.key:
            if self._opening is None or self._opening[0] != piece.key:
                self._close_opening()
                self._opening = piece.key, _OPENERS.submit(self._open_stored, piece.key)
                self._opening[1].add_done_callback(lambda _: wake())
            opening = self._opening[1]
            if not opening.done() or opening.exception():
                return opening.done()  # reading says what is wrong
        file = self._file(piece.key)
        file.seek(piece.start + within)
        return is_ready(file, wake)

    def _read_at(self, position: int, most: int) -> bytes:
        """Of one piece."""
        piece, within = self._piece(position)
        if isinstance(piece, bytes):
            return piece[within : within + most]
        file = self._file(piece.key)
        file.seek(piece.start + within)
        return read_some(file, min(most, piece.length - within))

    def _piece(self, position: int) -> tuple[Piece, int]:
        """The piece that this byte is in, and where in it."""
        number = bisect_right(self._starts, position) - 1
        return self._pieces[number], position - self._starts[number]

    def _file(self, key: str) -> BinaryIO:
        if self._opened is None or self._opened[0] != key:
            self._close_stored()
            if self._opening is not None and self._opening[0] == key:
                (_, opening), self._opening = self._opening, None
                self._opened = key, opening.result()
            else:
                self._opened = key, self._open_stored(key)
        return self._opened[1]

    def _close_stored(self) -> None:
        if self._opened is not None:
            self._opened[1].close()
            self._opened = None

    def _close_opening(self) -> None:
        if self._opening is not None:
            self._opening[1].add_done_callback(_close)
            self._opening = None

    def close(self) -> None:
        self._close_opening()
        self._close_stored()
        super().close()


def _close(opening: Future[BinaryIO]) -> None:
    """What was opened, and nobody wants any more."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
