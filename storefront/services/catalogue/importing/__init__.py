"""A band's folder -> a draft album: masters into storage, words and cover into rows, and the job that makes the files.

The folder is read first, and completely; then the masters are stored; then one step writes it all. So an import that
is killed can be run again, and so can one that was not: the same folder is the same album, whose words stay its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from storefront.models import Album, Edition, end_reading, writing
from storefront.money import Money
from storefront.services.catalogue.editions import TooManyTracks, expect_not_too_many
from storefront.services.catalogue.importing.album_file import read_album_file
from storefront.services.catalogue.importing.covers import read_cover, store_cover
from storefront.services.catalogue.importing.errors import BadAlbumFile, ImportRefused, Problem, shown
from storefront.services.catalogue.importing.folders import Found, FoundAlbum, find_album, find_albums
from storefront.services.catalogue.importing.lyrics import read_lyrics
from storefront.services.catalogue.importing.masters import read_masters, without_twins
from storefront.services.catalogue.importing.names import is_only_a_kind, read_folder_name
from storefront.services.catalogue.importing.ordering import in_order
from storefront.services.catalogue.importing.reading import Reading
from storefront.services.catalogue.importing.saving import Outcome, known_masters, save_album
from storefront.services.catalogue.importing.sources import Source, Taken, by_source
from storefront.services.catalogue.importing.words import TrackWords, gather_words
from storefront.storage import Storage

__all__ = [
    "BadAlbumFile",
    "Found",
    "FoundAlbum",
    "ImportRefused",
    "Imported",
    "Outcome",
    "Problem",
    "ReadAlbum",
    "Taken",
    "TrackWords",
    "by_source",
    "find_album",
    "find_albums",
    "import_folder",
    "plan",
    "read_album",
    "save",
]

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ReadAlbum:
    """A folder after all of its files were read, before anything is written."""

    reading: Reading
    #: As it can be shown.
    folder: str
    #: The files that are left out because they cannot be used.
    problems: list[Problem]
    #: The lossy files that are left out because the same is there in a lossless form.
    twins: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.reading.words.title

    @property
    def artist_credit(self) -> str:
        return self.reading.words.artist_credit

    @property
    def tracks(self) -> tuple[TrackWords, ...]:
        return self.reading.words.tracks

    @property
    def lossless(self) -> bool:
        return all(track.placed.master.probe.lossless for track in self.tracks)

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What was taken from where."""
        return self.reading.words.taken


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a folder; `problems` are the files that were left out."""

    album: Album
    edition: Edition
    outcome: Outcome
    problems: list[Problem]
    #: What was taken from where.
    taken: tuple[Taken, ...]
    #: What the album says otherwise than the folder, and was kept: "title", "price".
    kept: tuple[str, ...]


def read_album(found: FoundAlbum, *, price: Money | None = None, report: Report = lambda file: None) -> ReadAlbum:
    """Reads every file of an album. `price` is for a folder that says none.

    `report` is told the name of each file that was looked at. Raises ImportRefused where there is no music that can
    be used, and BadAlbumFile for what album.toml says wrongly.
    """
    said = read_album_file(found.folder)
    files, twins = without_twins(found.files)
    for file in twins:
        report(file.name)
    masters, problems = read_masters(files, report)
    problems += found.problems
    if not problems and not masters:
        raise ImportRefused(f"{shown(found.folder)}: there is no music in it")
    if not masters:
        raise ImportRefused(*(f"{shown(found.name)}/{problem}" for problem in problems))
    with _refusing(shown(found.folder)):
        expect_not_too_many(len(masters))
    cover, spoilt = read_cover(found.pictures, masters)
    placed = in_order(masters)
    called = found.folder.absolute().parent.name if is_only_a_kind(found.name) else found.name
    lyrics = [read_lyrics(track.master.file.path) for track in placed]
    words = gather_words(read_folder_name(called), said, placed, lyrics)
    taken = list(words.taken)
    if cover:
        taken.append(Taken(f"cover ({cover.width} × {cover.height})", cover.source))
    if said.price or price:
        taken.append(Taken("price", Source.ALBUM_FILE if said.price else Source.COMMAND))
    reading = Reading(replace(words, taken=tuple(taken)), said, said.price or price, cover)
    return ReadAlbum(reading, shown(found.folder), [*problems, *spoilt], tuple(file.name for file in twins))


def save(
    session: Session,
    storage: Storage,
    read: ReadAlbum,
    *,
    now: datetime,
    produce_at: datetime | None = None,
    overwrite: bool = False,
) -> Imported:
    """Makes a draft of it, or updates the album that came from this before.

    The words of an album that is there stay, unless they are to be overwritten. `now` is in the shop's time zone: where
    nobody says a date, the album is of today. `produce_at` is when the job that makes the files is due, at once by
    default. Where nobody says a price, a new draft has none.
    """
    known = known_masters(session, read.reading.sounds)
    end_reading(session)
    # The same recording with other tags is not stored, nor encoded, again.
    reading = read.reading.with_masters({sound: digest for sound, digest in known.items() if storage.exists(digest)})
    for brought, used in zip(read.tracks, reading.words.tracks, strict=True):
        if brought.placed.master.digest == used.placed.master.digest:
            storage.put(brought.placed.master.digest, brought.placed.master.file.path)
    if reading.cover:
        store_cover(storage, reading.cover)
    with _refusing(read.folder), writing(session):  # step: the draft, its edition, and the job that makes its files
        album, edition, outcome, kept = save_album(session, reading, now, produce_at or now, overwrite=overwrite)
    return Imported(album, edition, outcome, read.problems, read.taken, kept)


def plan(
    session: Session, read: ReadAlbum, *, now: datetime, overwrite: bool = False
) -> tuple[Outcome, tuple[str, ...]]:
    """What save would do, and keep: it is done, but for the storing, and taken back."""
    try:
        with _refusing(read.folder), writing(session):  # step: none; it is rolled back at its end
            reading = read.reading.with_masters(known_masters(session, read.reading.sounds))
            _, _, outcome, kept = save_album(session, reading, now, now, overwrite=overwrite)
            raise _TakenBack
    except _TakenBack:
        return outcome, kept


def import_folder(
    session: Session,
    storage: Storage,
    folder: Path,
    *,
    now: datetime,
    price: Money | None = None,
    produce_at: datetime | None = None,
    report: Report = lambda file: None,
    overwrite: bool = False,
) -> Imported:
    """Reads and saves the one album whose folder this is; raises what read_album raises."""
    read = read_album(find_album(folder), price=price, report=report)
    return save(session, storage, read, now=now, produce_at=produce_at, overwrite=overwrite)


class _TakenBack(Exception):
    """Rolls a plan back."""


@contextmanager
def _refusing(folder: str) -> Iterator[None]:
    """Inside, too many tracks refuse the folder."""
    try:
        yield
    except TooManyTracks as error:
        raise ImportRefused(f"{folder}: {error}") from error
