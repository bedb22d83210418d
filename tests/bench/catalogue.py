"""A catalogue of any size, written in bulk: rows as imports leave them, without files in the storage."""

import hashlib
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from storefront.models import (
    Album,
    AlbumArtist,
    AlbumSlug,
    AlbumState,
    Artist,
    Edition,
    EditionState,
    File,
    FileKind,
    Pricing,
    Track,
    writing,
)
from storefront.services.catalogue.version import bump_catalogue
from storefront.services.catalogue.words import indexed

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NEWEST = date(2026, 1, 1)
NAMES = "Mara Quist|The Slow Hours|Ida Ferro|Northern Wells|Casimir|Paper Lanterns|Ünal & Daughters|Low Sun".split("|")
NOUNS = "tide harbour light letter field engine winter garden river paper glass morning signal orchard".split()
MANNERS = "low slow green last open quiet northern second little long empty bright".split()
ALBUMS_AN_ARTIST = 8
CHUNK = 500


def fill(session: Session, albums: int, tracks: int = 8) -> None:
    """Adds `albums` albums of `tracks` tracks each, with slugs "album-0" (the newest) to "album-{albums - 1}"."""
    chance = random.Random(1)
    with writing(session):
        artists = -(-albums // ALBUMS_AN_ARTIST)
        session.execute(insert(Artist), [_artist(number) for number in range(artists)])
        ids = dict(session.execute(select(Artist.slug, Artist.id)).all())
        for start in range(0, albums, CHUNK):
            numbers = range(start, min(start + CHUNK, albums))
            rows = _Rows(session, tracks)
            for number in numbers:
                rows.add(number, ids[f"artist-{number % artists}"], chance)
            rows.write()
        session.execute(
            update(Album).where(Album.edition_id.is_(None)).values(edition_id=Album.id, state=AlbumState.PUBLISHED)
        )
        bump_catalogue(session)
        _set_sequences(session)
    session.execute(text("ANALYZE"))
    session.commit()


def _artist(number: int) -> dict[str, Any]:
    name = f"{NAMES[number % len(NAMES)]} {number}"
    return {"public_id": f"{number:032x}", "slug": f"artist-{number}", "name": name, "biography": "", "created": NOW}


class _Rows:
    """The rows of some albums, by table; an album and its edition have the same number."""

    def __init__(self, session: Session, tracks: int) -> None:
        self._session = session
        self._tracks = tracks
        self._next_album = (session.scalar(select(func.max(Album.id))) or 0) + 1
        self._next_track = (session.scalar(select(func.max(Track.id))) or 0) + 1
        self._rows: dict[Any, list[dict[str, Any]]] = {
            table: [] for table in (Album, AlbumSlug, AlbumArtist, Edition, Track, File)
        }
        self._words: list[dict[str, Any]] = []

    def add(self, number: int, artist_id: int, chance: random.Random) -> None:
        id, self._next_album = self._next_album, self._next_album + 1
        title = f"{chance.choice(MANNERS)} {chance.choice(NOUNS)}".title()
        titles = [f"{chance.choice(MANNERS)} {chance.choice(NOUNS)}".title() for _ in range(self._tracks)]
        self._rows[Album].append(_album(id, number, title, chance))
        self._rows[AlbumSlug].append({"slug": f"album-{number}", "album_id": id})
        self._rows[AlbumArtist].append({"album_id": id, "position": 1, "artist_id": artist_id})
        self._rows[Edition].append(
            {"id": id, "public_id": f"{id:032x}", "album_id": id, "number": 1, "state": EditionState.READY,
             "fingerprint": _digest("edition", id), "created": NOW}
        )  # fmt: skip
        for format, size in (("flac", 311_000_000), ("mp3-v0", 92_000_000)):
            self._rows[File].append(_file(id, None, FileKind.ARCHIVE, format, size))
        for position, name in enumerate(titles, 1):
            track, self._next_track = self._next_track, self._next_track + 1
            self._rows[Track].append(_track(track, id, position, name, chance))
            self._rows[File].append(_file(id, track, FileKind.STREAM, "stream", 3_500_000))
        self._words.append({"id": id, "words": " ".join(indexed(title, f"artist {number}", *titles))})

    def write(self) -> None:
        for table, rows in self._rows.items():
            self._session.execute(insert(table), rows)
        self._session.execute(text("INSERT INTO album_search (rowid, words) VALUES (:id, :words)"), self._words)


def _album(id: int, number: int, title: str, chance: random.Random) -> dict[str, Any]:
    day = NEWEST - timedelta(days=number)
    return {
        "id": id, "public_id": f"{id:032x}", "slug": f"album-{number}", "title": title,
        "artist_credit": NAMES[number % len(NAMES)], "description": "Songs from a *boathouse*, with the doors open.\n\n"
        "Written in one winter, played by four people in one room.", "credits": "Recorded at Nordre Boathouse\n"
        "Mastered by Ida Ferro", "label": "Harbour Lights Records", "copyright": "℗ & © 2026", "genre": "Folk",
        "amount": chance.choice([0, 500, 700, 900, 1100, 1299]), "currency": chance.choice(["eur", "usd"]),
        "pricing": Pricing.FIXED, "state": AlbumState.DRAFT, "released": day.isoformat(), "release_day": day,
        "cover_digest": _digest("cover", id), "cover_width": 1400, "cover_height": 1400,
        "cover_alt": f"Cover of {title}: waves in layers under a pale sun",
        "accent": "#2f5d73 #ffffff #55839a #131211", "edition_id": None, "created": NOW, "updated": NOW,
    }  # fmt: skip


def _track(id: int, edition_id: int, position: int, title: str, chance: random.Random) -> dict[str, Any]:
    return {
        "id": id, "edition_id": edition_id, "disc": 1, "position": position, "title": title, "artist_credit": None,
        "duration_ms": chance.randrange(90_000, 400_000), "isrc": None, "composer": "", "lyrics": "",
        "master_digest": _digest("master", id), "master_name": f"{position:02} {title}.flac", "sample_rate": 48_000,
        "channels": 2, "bit_depth": 24, "peaks": chance.randbytes(300).hex(),
    }  # fmt: skip


def _file(edition_id: int, track_id: int | None, kind: FileKind, format: str, size: int) -> dict[str, Any]:
    return {
        "edition_id": edition_id, "track_id": track_id, "kind": kind, "format": format, "size": size,
        "digest": _digest(format, track_id or edition_id), "name": f"{track_id or edition_id}.{format}",
    }  # fmt: skip


def _digest(kind: str, number: int) -> str:
    return hashlib.sha256(f"{kind} {number}".encode()).hexdigest()


def _set_sequences(session: Session) -> None:
    """PostgreSQL counts on from where its sequences are, which rows with numbers of their own leave behind."""
    if session.get_bind().dialect.name == "postgresql":
        for table in ("album", "edition", "track"):
            session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"))
