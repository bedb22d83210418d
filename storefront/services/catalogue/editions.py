"""The editions of an album: the newest one, and how another follows it."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storefront.models import Album, Edition, EditionState, File, TakenOff, Track, insert_once

#: An album has no more; its editor is one form, which takes so many (web/limits.py).
MOST_TRACKS = 500
#: A new edition's tracks have their own.
_OF_ONE_EDITION = ("id", "edition_id")


class TooManyTracks(Exception):
    """An album would have more than it can be edited with; nothing was written."""


def expect_not_too_many(count: int) -> None:
    """Raises TooManyTracks."""
    if count > MOST_TRACKS:
        raise TooManyTracks(
            f"An album has at most {MOST_TRACKS} tracks, and this one would have {count}: make several of it."
        )


def latest_edition(session: Session, album: Album) -> Edition | None:
    """The newest, ready or not; None before the album has music."""
    return session.scalar(select(Edition).where(Edition.album_id == album.id).order_by(Edition.number.desc()).limit(1))


def add_edition(session: Session, album: Album, tracks: Sequence[Track], fingerprint: str, now: datetime) -> Edition:
    """The next edition, to be built, in the caller's step; one before it that never was ready is forgotten.

    Raises TooManyTracks.
    """
    expect_not_too_many(len(tracks))
    latest = latest_edition(session, album)
    edition = Edition(
        public_id=secrets.token_hex(16),
        album_id=album.id,
        number=latest.number + 1 if latest else 1,
        state=EditionState.BUILDING,
        fingerprint=fingerprint,
        created=now,
        tracks=list(tracks),
    )
    if latest and latest.state == EditionState.BUILDING:
        _forget(session, latest, {track.sound_digest for track in tracks})
    session.add(edition)
    session.flush()  # the job names it, and the caller reads it
    return edition


def copy_track(track: Track) -> Track:
    """The same track for another edition."""
    names = [column.key for column in Track.__table__.columns if column.key not in _OF_ONE_EDITION]
    return Track(**{name: getattr(track, name) for name in names})


def number_tracks(tracks: Iterable[Track]) -> list[Track]:
    """Gives the tracks their positions, from 1 on each disc, in the order in which they come."""
    rows = sorted(tracks, key=lambda track: track.disc)
    counts: dict[int, int] = {}
    for row in rows:
        row.position = counts[row.disc] = counts.get(row.disc, 0) + 1
    return rows


def _forget(session: Session, edition: Edition, stay: set[str | None]) -> None:
    """An edition that never was ready, so that nobody can have bought it; of its recordings those do `stay`."""
    sounds = session.scalars(select(Track.sound_digest).where(Track.edition_id == edition.id)).all()
    for sound in sorted({sound for sound in sounds if sound} - stay):
        insert_once(session, TakenOff, album_id=edition.album_id, sound_digest=sound)
    for table in (File, Track):
        session.execute(delete(table).where(table.edition_id == edition.id))
    session.execute(delete(Edition).where(Edition.id == edition.id))
