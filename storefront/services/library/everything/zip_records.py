"""The records of a zip of stored files whose sizes and CRCs are known beforehand; zip64 where it is needed.

Python's zipfile writes these too, but only while it copies the files. The sections are those of PKWARE's APPNOTE.TXT,
https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

LOCAL = struct.Struct("<4s5H3L2H")  # 4.3.7
CENTRAL = struct.Struct("<4s6H3L5H2L")  # 4.3.12
END_64 = struct.Struct("<4sQ2H2L4Q")  # 4.3.14
LOCATOR_64 = struct.Struct("<4sLQL")  # 4.3.15
END = struct.Struct("<4s4H2LH")  # 4.3.16

PLAIN, ZIP64 = 20, 45  # the versions that are needed to extract, 4.4.3
MADE_BY = 3 << 8 | ZIP64  # Unix, 4.4.2
UTF8 = 1 << 11  # 4.4.4
STORED = 0
FIRST_DAY = 0x21  # 1980-01-01, 4.4.6: a real date would change the bytes
FILE_MODE = 0o100644 << 16
MOST_16, MOST_32 = 0xFFFF, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the zip: its path there, its CRC-32 and its size in bytes."""

    path: str
    crc: int
    size: int


def local_header(entry: Entry) -> bytes:
    """What stands in front of the file's bytes."""
    path, size = entry.path.encode(), min(entry.size, MOST_32)
    extra = _large(entry.size, entry.size) if size == MOST_32 else b""
    needed = ZIP64 if extra else PLAIN
    record = LOCAL.pack(
        b"PK\3\4", needed, UTF8, STORED, 0, FIRST_DAY, entry.crc, size, size, len(path), len(extra)
    )  # fmt: skip
    return record + path + extra


def directory(entries: Sequence[Entry], offsets: Sequence[int], start: int) -> bytes:
    """The central directory and the end of the zip: `offsets` are the local headers' places, `start` is its own."""
    records = b"".join(map(_central_header, entries, offsets))
    count, size, end = len(entries), len(records), start + len(records)
    large = b""
    if count >= MOST_16 or end >= MOST_32:
        large = END_64.pack(b"PK\6\6", END_64.size - 12, MADE_BY, ZIP64, 0, 0, count, count, size, start)
        large += LOCATOR_64.pack(b"PK\6\7", 0, end, 1)
    count, size, start = min(count, MOST_16), min(size, MOST_32), min(start, MOST_32)
    return records + large + END.pack(b"PK\5\6", 0, 0, count, count, size, start, 0)


def _central_header(entry: Entry, offset: int) -> bytes:
    path, size, place = entry.path.encode(), min(entry.size, MOST_32), min(offset, MOST_32)
    sizes = (entry.size, entry.size) if size == MOST_32 else ()
    extra = _large(*sizes, *((offset,) if place == MOST_32 else ()))
    needed = ZIP64 if extra else PLAIN
    record = CENTRAL.pack(
        b"PK\1\2", MADE_BY, needed, UTF8, STORED, 0, FIRST_DAY, entry.crc, size, size, len(path), len(extra),
        0, 0, 0, FILE_MODE, place,
    )  # fmt: skip
    return record + path + extra


def _large(*values: int) -> bytes:
    """The zip64 field, with those of the sizes and the offset that are too large for their own places, 4.5.3."""
    return struct.pack(f"<2H{len(values)}Q", 1, 8 * len(values), *values) if values else b""
