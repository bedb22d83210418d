"""RIFF INFO, the tags that a WAV has of its own: many players on Windows read no others.

Source: Microsoft's Multimedia Programming Interface and Data Specifications 1.0 (1991), chapter 2, "INFO List Chunk".
It says nothing of alphabets; UTF-8 is what programs write today.
"""

import os
from pathlib import Path
from typing import BinaryIO

from storefront.media.tags import Tags

LIST, INFO, IGNORED = b"LIST", b"INFO", b"JUNK"
HEAD = 12


def write_info(path: Path, tags: Tags) -> None:
    """Write what INFO has a place for to the end of the WAV at ``path``; an older INFO is made void where it stands."""
    texts = {
        b"INAM": tags.title,
        b"IART": tags.artist,
        b"IPRD": tags.album,
        b"ITRK": str(tags.track or ""),
        b"ICRD": tags.date,
        b"IGNR": tags.genre,
        b"IMUS": tags.composer,
        b"ICOP": tags.copyright,
        b"ICMT": tags.comment,
    }
    info = INFO + b"".join(_chunk(name, text.encode() + b"\0") for name, text in texts.items() if text)
    with path.open("r+b") as file:
        _void(file)
        if info != INFO:
            file.seek(0, os.SEEK_END)
            file.write(b"\0" * (file.tell() % 2) + _chunk(LIST, info))
        _set_length(file)


def remove_info(path: Path) -> None:
    """Take the INFO out of the WAV at ``path``."""
    with path.open("r+b") as file:
        _void(file)
        _set_length(file)


def _void(file: BinaryIO) -> None:
    """Overwrite every INFO with a JUNK of its length; one at the end is cut off instead."""
    position = HEAD
    file.seek(position)
    while len(head := file.read(HEAD)) >= 8:
        end = position + 8 + int.from_bytes(head[4:8], "little")
        end += end % 2
        if head[:4] == LIST and head[8:] == INFO:
            file.seek(position)
            if end >= os.fstat(file.fileno()).st_size:
                file.truncate(position)
                return
            file.write(IGNORED + head[4:8] + b"\0" * (end - position - 8))
        position = file.seek(end)


def _set_length(file: BinaryIO) -> None:
    """Say in the header how long the file is now."""
    length = file.seek(0, os.SEEK_END)
    file.seek(4)
    file.write((length - 8).to_bytes(4, "little"))


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)
