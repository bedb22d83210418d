"""The chunks of WAV and AIFF: whether as many bytes follow as their headers promise.

FFmpeg reads a WAV that was cut off as a shorter one; a shop must not. Sources: Microsoft's RIFF (Multimedia Programming
Interface 1.0, little-endian sizes), Apple's AIFF 1.3 (big-endian).
"""

from pathlib import Path
from typing import Literal

ORDERS: dict[bytes, Literal["little", "big"]] = {b"RIFF": "little", b"FORM": "big"}
UNKNOWN = (0, 0xFFFFFFFF)
"""Sizes that a program writes which does not know them yet (a pipe, a recorder that was switched off)."""


def missing_bytes(path: Path) -> int:
    """Return how many bytes of sound the header of a WAV or AIFF promises beyond the file's end; 0 for all else."""
    length = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] not in ORDERS:
            return 0
        while len(chunk := file.read(8)) == 8:
            size = int.from_bytes(chunk[4:], ORDERS[head[:4]])
            if chunk[:4] in (b"data", b"SSND"):
                return 0 if size in UNKNOWN else max(0, file.tell() + size - length)
            file.seek(size + size % 2, 1)
    return 0
