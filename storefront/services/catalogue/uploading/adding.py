"""More music, or a cover, for an album that is there: its words stay, and each file finds its place among its tracks.

A file is the music of the track that has its title, else of the track that has its number; then it takes that one's
place under that one's words. Every other comes after the last. A picture becomes the cover.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from storefront.models import Album, AlbumState, Track, end_reading, writing
from storefront.services.catalogue.editing.drafts import newest_music
from storefront.services.catalogue.editing.saving import music_of, write_music
from storefront.services.catalogue.editions import TooManyTracks, copy_track, number_tracks
from storefront.services.catalogue.importing import ImportRefused, Problem, TrackWords, find_album, read_album
from storefront.services.catalogue.importing.covers import FoundCover, read_cover, store_cover
from storefront.services.catalogue.importing.saving import make_track
from storefront.services.catalogue.search import index_album
from storefront.services.catalogue.uploading.names import MUSIC, PICTURES, extension
from storefront.services.catalogue.uploading.reports import Report, line
from storefront.services.catalogue.version import bump_catalogue
from storefront.storage import Storage

#: What is the track's own, whatever its music is.
_WORDS = ("disc", "title", "artist_credit", "isrc", "composer", "lyrics", "preview_seconds")


@dataclass(slots=True)
class _Found:
    """What is in the folder."""

    tracks: Sequence[TrackWords] = ()
    cover: FoundCover | None = None
    problems: list[Problem] = field(default_factory=list)


def add_to_album(
    session: Session, storage: Storage, album: Album, folder: Path, now: datetime, count: Callable[[str], None]
) -> Report:
    """Reads what is in the folder into the album; what became of each file. `count` is told of each that was read.

    Raises ImportRefused, with nothing changed, where nothing of it can be used.
    """
    found = _read(folder, album, count)
    end_reading(session)
    for track in found.tracks:
        storage.put(track.placed.master.digest, track.placed.master.file.path)
    if found.cover:
        store_cover(storage, found.cover)
    try:
        with writing(session):  # step: the album has the music and the cover, and the job that its files need
            bump_catalogue(session)  # whoever else brings in music waits here
            session.refresh(album)
            places = _write(session, album, found, now)
    except TooManyTracks as error:
        raise ImportRefused(str(error)) from error
    refused = [line(problem.file, f"left out: {problem.reason}", good=False) for problem in found.problems]
    return [*refused, *places]


def _read(folder: Path, album: Album, count: Callable[[str], None]) -> _Found:
    files = [path for path in folder.rglob("*") if path.is_file()]
    pictures = [path for path in files if extension(path.name) in PICTURES]
    if not any(extension(path.name) in MUSIC for path in files):
        cover, problems = read_cover(pictures, [])
        if cover is None:
            raise ImportRefused(*map(str, problems))
        return _Found(cover=cover, problems=problems)
    read = read_album(find_album(folder), report=count)
    # A picture inside a track is no reason to change the cover.
    cover = read.reading.cover if pictures or album.cover_digest is None else None
    return _Found(read.tracks, cover, read.problems)


def _write(session: Session, album: Album, found: _Found, now: datetime) -> Report:
    latest = newest_music(session, album)
    before = music_of(album, latest)
    rows = [copy_track(track) for track in latest.tracks] if latest else []
    places = [_place(rows, words) for words in found.tracks]
    if cover := found.cover:
        album.cover_digest, album.accent = cover.digest, cover.accent
        album.cover_width, album.cover_height = cover.width, cover.height
        places.append(line(cover.source, "became the cover", good=True))
    album.updated = max(now, album.updated + timedelta(microseconds=1))
    write_music(session, album, before, number_tracks(rows), now)
    if album.state == AlbumState.PUBLISHED:
        index_album(session, album.id)
    return places


def _place(rows: list[Track], words: TrackWords) -> dict[str, object]:
    """Puts a new master among the rows; a line that says where."""
    new = make_track(words)
    if same := next((row for row in rows if row.master_digest == new.master_digest), None):
        return line(new.master_name, f"is there already, as {_called(same)}", good=True)
    old = _by_title(rows, words) or _by_number(rows, words)
    if old is None:
        new.position = 1 + max((row.position for row in rows if row.disc == new.disc), default=0)
        rows.append(new)
        return line(new.master_name, f"comes after the last, as {_called(new)}", good=True)
    for name in (*_WORDS, "position"):
        setattr(new, name, getattr(old, name))
    rows[rows.index(old)] = new
    return line(new.master_name, f"is the music of {_called(new)} now", good=True)


def _by_title(rows: Sequence[Track], words: TrackWords) -> Track | None:
    title = words.title.casefold()
    return next((row for row in rows if row.title.casefold() == title), None)


def _by_number(rows: Sequence[Track], words: TrackWords) -> Track | None:
    """Only a number that its tags or its name say."""
    number = words.placed.master.tags.track or words.placed.name.number
    return next((row for row in rows if (row.disc, row.position) == (words.disc, number)), None)


def _called(track: Track) -> str:
    return f"{track.position}. {track.title}"
