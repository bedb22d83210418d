"""Several pieces as one file: a server can seek in it and send any part, and nothing of it is copied anywhere."""

import io
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Stored:
    """`length` bytes of what is stored under `key`, from byte `start` on."""

    key: str
    start: int
    length: int


Piece = bytes | Stored


class JoinedFile(io.RawIOBase):
    """A seekable file of the pieces one after the other; of what is stored, it has one open at a time.

    Reading raises what `open_stored` raises.
    """

    def __init__(self, pieces: Sequence[Piece], open_stored: Callable[[str], BinaryIO]) -> None:
        self._pieces = pieces
        lengths = (piece.length if isinstance(piece, Stored) else len(piece) for piece in pieces)
        #: Where each piece begins, and at last where all ends.
        self._starts = list(accumulate(lengths, initial=0))
        self._open_stored = open_stored
        self._opened: tuple[str, BinaryIO] | None = None
        self._position = 0

    @property
    def size(self) -> int:
        """In bytes."""
        return self._starts[-1]

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
            part = self._read_piece(wanted)
            parts.append(part)
            wanted -= len(part)
            self._position += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _read_piece(self, most: int) -> bytes:
        """At most `most` bytes from the position on, of one piece."""
        number = bisect_right(self._starts, self._position) - 1
        piece, within = self._pieces[number], self._position - self._starts[number]
        if isinstance(piece, bytes):
            return piece[within : within + most]
        file = self._file(piece.key)
        file.seek(piece.start + within)
        part = file.read(min(most, piece.length - within))
        if not part:
            raise EOFError(f"{piece.key} is shorter than it was")
        return part

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
