"""Several pieces as one file: a server can seek in it and send any part, and nothing of it is copied anywhere."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import BinaryIO

from storefront.storage import SeekableReader


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

    def _read_at(self, position: int, most: int) -> bytes:
        """Of one piece."""
        number = bisect_right(self._starts, position) - 1
        piece, within = self._pieces[number], position - self._starts[number]
        if isinstance(piece, bytes):
            return piece[within : within + most]
        file = self._file(piece.key)
        file.seek(piece.start + within)
        return file.read(min(most, piece.length - within))

    def _file(self, key: str) -> BinaryIO:
        if self._opened is None or self._opened[0] != key:
            self._close_stored()
            self._opened = key, self._open_stored(key)
        return self._opened[1]

    def _close_stored(self) -> None:
        if self._opened is not None:
            self._opened[1].close()
            self._opened = None

    def close(self) -> None:
        self._close_stored()
        super().close()
