"""Care of the stored files: they move to another storage, and are held against what the database names."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import Album, Edition, File, ShopSettings, Track, end_reading
from storefront.services.shop.backups.contents import cover_keys, digest_in
from storefront.storage import BadKey, MissingFile, Storage

#: What is read at a time.
PIECE = 1024 * 1024

#: Told of the bytes that are done, and of all.
Report = Callable[[int, int], None]


@dataclass(slots=True)
class Copied:
    """How many files and bytes were copied, how many files were there before, and what was wrong with others."""

    files: int = 0
    size: int = 0
    there: int = 0
    problems: list[str] = field(default_factory=list)


def copy_files(source: Storage, target: Storage, report: Report) -> Copied:
    """Copies what `target` lacks, and reads each back: nothing counts as copied but the same bytes.

    A file that is spoilt in `source`, or gone meanwhile, is left out and named. Begun again it goes on where it was.
    Raises OSError when a storage cannot be reached or is full.
    """
    copied, there = Copied(), dict(target.all_sizes())
    files = sorted(source.all_sizes())
    done, total = 0, sum(size for _, size in files)
    for key, size in files:
        if there.get(key) == size:
            copied.there += 1
        elif problem := _copy(source, target, key, replacing=key in there):
            copied.problems.append(problem)
        else:
            copied.files, copied.size = copied.files + 1, copied.size + size
        done += size
        report(done, total)
    return copied


def _copy(source: Storage, target: Storage, key: str, *, replacing: bool) -> str | None:
    """What was wrong with it."""
    try:
        with source.local_path(key) as path:
            with path.open("rb") as file:
                digest = sha256(file)
            if digest != (digest_in(key) or digest):
                return f"{key} is spoilt: its content is another"
            if replacing:
                target.delete(key)
            target.put(key, path)
    except MissingFile:
        return f"{key} is gone"
    with target.open(key) as file:
        if sha256(file) != digest:
            target.delete(key)
            return f"{key} arrived with another content"
    return None


def sha256(file: BinaryIO) -> str:
    """Of all that is read from here, in hex."""
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


@dataclass(slots=True)
class Checked:
    """What a look at the files came to: what is missing and what is spoilt, in words, and what no row names."""

    files: int = 0
    missing: list[str] = field(default_factory=list)
    spoilt: list[str] = field(default_factory=list)
    #: (key, bytes).
    orphans: list[tuple[str, int]] = field(default_factory=list)


def check_files(session: Session, storage: Storage, report: Report, *, quick: bool = False) -> Checked:
    """Holds the files against the rows. `quick` believes their sizes; else each is read, and its digest made anew.

    What is stored while this runs may count as an orphan: files come before their rows. Raises OSError.
    """
    needed = _needed(session)
    end_reading(session)
    stored = dict(storage.all_sizes())
    checked = Checked(len(needed), orphans=sorted((key, size) for key, size in stored.items() if key not in needed))
    done, total = 0, sum(stored.get(key, 0) for key in needed)
    for key, need in sorted(needed.items()):
        if key not in stored:
            checked.missing.append(f"{need.what} ({key}) is missing")
        elif _is_spoilt(storage, key, need.size, stored[key], quick=quick):
            checked.spoilt.append(f"{need.what} ({key}) is spoilt")
        done += stored.get(key, 0)
        report(done, total)
    return checked


def _is_spoilt(storage: Storage, key: str, expected: int | None, size: int, *, quick: bool) -> bool:
    if expected not in (None, size):
        return True
    digest = digest_in(key)
    if quick or digest is None:
        return False
    try:
        with storage.open(key) as file:
            return sha256(file) != digest
    except (MissingFile, BadKey):  # deleted since
        return True


@dataclass(frozen=True, slots=True)
class _Need:
    """What a key is to a person, and its size in bytes, where a row says it."""

    what: str
    size: int | None = None


def _needed(session: Session) -> dict[str, _Need]:
    """Every key that the database names."""
    needed: dict[str, _Need] = {}
    for title, cover in session.execute(select(Album.title, Album.cover_digest)):
        needed |= {key: _Need(f"{title}: its cover") for key in (cover_keys(cover) if cover else ())}
    for logo in filter(None, session.scalars(select(ShopSettings.logo_digest))):
        needed[logo] = _Need("the shop's logo")
    of_album = select(Album.title).select_from(Album).join(Edition, Edition.album_id == Album.id)
    masters = of_album.join(Track, Track.edition_id == Edition.id).add_columns(Track.master_digest, Track.master_name)
    for title, digest, name in session.execute(masters):
        needed[digest] = _Need(f"{title}: the master {name}")
    made = of_album.join(File, File.edition_id == Edition.id).add_columns(File.digest, File.name, File.size)
    for title, digest, name, size in session.execute(made):
        needed[digest] = _Need(f"{title}: {name}", size)
    return needed


def in_all(files: Sequence[tuple[str, int]]) -> int:
    """The bytes of some files."""
    return sum(size for _, size in files)
