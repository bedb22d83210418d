"""Words in the chunks of WAV and AIFF themselves, where no ID3 tag lies in the file.

Sources: RIFF's LIST INFO (Microsoft's Multimedia Programming Interface 1.0, §2 "INFO List Chunk", and ExifTool's table
of what programs write besides, https://exiftool.org/TagNames/RIFF.html#Info), AIFF 1.3's text chunks.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from storefront.media.texts import decoded

INFO = {
    b"INAM": "title",
    b"IART": "artist",
    b"IPRD": "album",
    b"ICRD": "date",
    b"IGNR": "genre",
    b"ITRK": "track",
    b"IPRT": "track",
    b"ICOP": "copyright",
    b"ICMT": "comment",
    b"IMUS": "composer",
    b"IPUB": "label",
}
AIFF = {b"NAME": "title", b"AUTH": "artist", b"(c) ": "copyright", b"ANNO": "comment"}
MOST_CHUNKS = 1_000
LONGEST = 20_000

Order = Literal["little", "big"]


def read_chunk_texts(path: Path) -> dict[str, str]:
    """Return what the chunks of a WAV or AIFF say, by our names of fields, uncleaned; of other files nothing.

    Raises OSError.
    """
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"RIFF" and head[8:] == b"WAVE":
            return dict(_info(file))
        if head[:4] == b"FORM" and head[8:] in (b"AIFF", b"AIFC"):
            return dict(_texts(file, AIFF, "big", None))
    return {}


def _info(file: BinaryIO) -> Iterator[tuple[str, str]]:
    for name, size in _chunks(file, "little", None):
        if name == b"LIST" and size >= 4 and file.read(4) == b"INFO":
            yield from _texts(file, INFO, "little", file.tell() + size - 4)


def _texts(file: BinaryIO, names: dict[bytes, str], order: Order, end: int | None) -> Iterator[tuple[str, str]]:
    for name, size in _chunks(file, order, end):
        if name in names:
            text = decoded(file.read(min(size, LONGEST)).split(b"\0")[0])
            if text.strip():
                yield names[name], text


def _chunks(file: BinaryIO, order: Order, end: int | None) -> Iterator[tuple[bytes, int]]:
    """Yield the name and size of each chunk up to ``end`` (None: the file's), the file standing at its content."""
    place = file.tell()
    for _ in range(MOST_CHUNKS):
        file.seek(place)
        head = file.read(8)
        if len(head) < 8 or (end is not None and place + 8 > end):
            return
        size = int.from_bytes(head[4:], order)
        place += 8
        yield head[:4], size if end is None else min(size, end - place)
        place += size + size % 2
