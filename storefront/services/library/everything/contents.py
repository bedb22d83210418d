"""What is in a stored archive: where each file's bytes lie, and the CRC that they have."""

import zipfile
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

from storefront.services.library.everything.joined_file import Stored
from storefront.storage import Storage

#: Archives whose contents are remembered; each is a few kilobytes.
REMEMBERED = 1000
_FIXED = 30  # bytes of a local header before its name
_LENGTHS = 26  # where it says how long its name and its extra field are


@dataclass(frozen=True, slots=True)
class Content:
    """A file of an archive, by its path below the archive's folder."""

    path: str
    crc: int
    bytes: Stored


@dataclass(frozen=True, slots=True)
class Contents:
    """An archive's files, and the one folder that they all are in; "" if there is none."""

    folder: str
    files: tuple[Content, ...]


@lru_cache(REMEMBERED)
def read_contents(storage: Storage, digest: str) -> Contents:
    """What is in the archive that is stored under `digest`; what is under a digest never changes.

    Raises MissingFile, and ValueError for an archive that is none of ours.
    """
    with storage.open(digest) as opened:
        with zipfile.ZipFile(opened) as archive:
            infos = archive.infolist()
        if any(info.compress_type != zipfile.ZIP_STORED for info in infos):
            raise ValueError(f"{digest} is compressed")
        folder = _folder([info.filename for info in infos])
        return Contents(folder, tuple(_content(opened, digest, folder, info) for info in infos))


def _folder(paths: list[str]) -> str:
    folders = {path.partition("/")[0] if "/" in path else "" for path in paths}
    return folders.pop() if len(folders) == 1 else ""


def _content(opened: BinaryIO, digest: str, folder: str, info: zipfile.ZipInfo) -> Content:
    opened.seek(info.header_offset + _LENGTHS)
    lengths = opened.read(4)
    name, extra = int.from_bytes(lengths[:2], "little"), int.from_bytes(lengths[2:], "little")
    stored = Stored(digest, info.header_offset + _FIXED + name + extra, info.file_size)
    return Content(info.filename.removeprefix(f"{folder}/"), info.CRC, stored)
