"""An album as one zip: stored, for music does not shrink, and the same bytes for the same files."""

import hashlib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from storefront.media.digests import sha256
from storefront.media.replacing import replacing

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first date that a zip knows (APPNOTE.TXT 4.4.6): a real one would change the digest with every build."""

SUMS = "SHA256SUMS"
BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """A file on disk and its name in the archive's folder, from storefront.media.names; "/" begins a folder within."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Archive:
    """What was written: the digest in hexadecimal and the size in bytes."""

    sha256: str
    size: int


def write_archive(target: Path, folder: str, entries: Sequence[ArchiveEntry]) -> Archive:
    """Write ``entries`` and a SHA256SUMS (for ``sha256sum -c``) into one zip, all below ``folder``; zip64 where needed.

    ``target`` appears only when it is complete. Raises ValueError for names that are absolute, climb or come twice.
    """
    _check_names(folder, [entry.name for entry in entries])
    with replacing(target) as draft:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
            sums = "".join(f"{_add(archive, folder, entry)}  {entry.name}\n" for entry in entries)
            archive.writestr(_info(f"{folder}/{SUMS}"), sums.encode())
        return Archive(sha256(draft), draft.stat().st_size)


def _add(archive: zipfile.ZipFile, folder: str, entry: ArchiveEntry) -> str:
    """Copy one file in and return its digest."""
    info = _info(f"{folder}/{entry.name}")
    info.file_size = entry.path.stat().st_size
    digest = hashlib.sha256()
    with entry.path.open("rb") as source, archive.open(info, "w") as sink:
        while block := source.read(BLOCK):
            digest.update(block)
            sink.write(block)
    return digest.hexdigest()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.create_system = 3  # Unix, wherever it is made
    info.external_attr = 0o100644 << 16
    return info


def _check_names(folder: str, names: Sequence[str]) -> None:
    paths = [PurePosixPath(folder, name) for name in (*names, SUMS)]
    for name, path in zip((*names, SUMS), paths, strict=True):
        if not name or name.startswith("/") or ".." in path.parts or "\\" in str(path) or "\0" in str(path):
            raise ValueError(f"not a name for a file in an archive: {name!r}")
    if len({str(path).casefold() for path in paths}) < len(paths):
        raise ValueError("two files of an archive have the same name")
