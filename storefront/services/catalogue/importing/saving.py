"""An album as it was read -> rows: a draft, its edition, and the job that makes its files."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.models import Album, AlbumState, Edition, Track
from storefront.money import NO_CURRENCY
from storefront.services.catalogue.editions import add_edition, latest_edition
from storefront.services.catalogue.importing.album_file import first_day
from storefront.services.catalogue.importing.fingerprints import fingerprint
from storefront.services.catalogue.importing.keeping import keep_tracks, keep_words
from storefront.services.catalogue.importing.reading import Reading
from storefront.services.catalogue.importing.words import TrackWords
from storefront.services.catalogue.naming import credit_artists, keep_address, name_album
from storefront.services.catalogue.search import index_album
from storefront.services.catalogue.version import bump_catalogue


class Outcome(StrEnum):
    """What an import did to an album."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


def find_known(session: Session, reading: Reading) -> Album | None:
    """The album that was imported from this before: of this title and artist, or of exactly the same recordings."""
    words = reading.words
    named = select(Album).where(Album.title == words.title, Album.artist_credit == words.artist_credit)
    if album := session.scalar(named.order_by(Album.id).limit(1)):
        return album
    some = next(iter(reading.sounds))
    editions = select(Edition).join(Track).where(Track.sound_digest == some).distinct().order_by(Edition.id.desc())
    for edition in session.scalars(editions):
        # All of them: a single's song is on its album too, and an album's songs are on its deluxe edition.
        if {track.sound_digest for track in edition.tracks} == reading.sounds:
            return edition.album
    return None


def known_masters(session: Session, sounds: set[str]) -> dict[str, str]:
    """Sound -> the master that was stored for it first."""
    stored = (
        select(Track.sound_digest, Track.master_digest).where(Track.sound_digest.in_(sounds)).order_by(Track.id.desc())
    )
    return {sound: master for sound, master in session.execute(stored) if sound}


def save_album(
    session: Session, reading: Reading, now: datetime, produce_at: datetime, *, overwrite: bool
) -> tuple[Album, Edition, Outcome, tuple[str, ...]]:
    """Writes the album, in the caller's step; with it comes what was kept though the reading says otherwise.

    What the reading says nothing about stays as it is, and so do the words of an album that is there; `overwrite`
    puts the reading's in their place.
    """
    # The one row that all imports change: where several run at once, the others wait here for this one.
    bump_catalogue(session)
    album = find_known(session, reading)
    created = album is None
    kept: tuple[str, ...] = ()
    if album is None:
        album = _new_album(reading, now)
        session.add(album)
    elif not overwrite:
        reading, kept = keep_words(album, reading)
    name_album(session, album, reading.words.title, reading.words.artist_credit)
    _describe(album, reading)
    changed = session.is_modified(album)
    session.flush()  # a new album's number, for what belongs to it
    keep_address(session, album)
    changed |= credit_artists(session, album, reading.words.artists, now)
    rows = [make_track(track) for track in reading.words.tracks]
    latest = latest_edition(session, album)
    if latest and overwrite:
        _keep_previews(latest, rows)
    elif latest:
        rows, of_tracks = keep_tracks(session, album, latest, rows)
        kept += of_tracks
    edition, renewed = _edition(session, album, latest, rows, now)
    if changed or renewed:
        album.updated = now
    enqueue(session, "produce", key=f"produce:{edition.public_id}", due=produce_at, edition=edition.public_id)
    if album.state == AlbumState.PUBLISHED:
        index_album(session, album.id)
    outcome = Outcome.CREATED if created else Outcome.UPDATED if changed or renewed else Outcome.UNCHANGED
    return album, edition, outcome, kept


def _new_album(reading: Reading, now: datetime) -> Album:
    today = now.date()
    return Album(
        public_id=secrets.token_hex(16),
        slug="",
        title="",
        amount=0,
        currency=NO_CURRENCY,
        description="",
        credits="",
        label="",
        genre="",
        copyright="",
        cover_alt="",
        state=AlbumState.DRAFT,
        released=today.isoformat(),
        release_day=today,
        created=now,
        updated=now,
    )


def _describe(album: Album, reading: Reading) -> None:
    for field in ("label", "genre", "copyright", "description", "credits", "cover_alt"):
        if (text := getattr(reading.words, field)) is not None:
            setattr(album, field, text)
    if reading.words.released:
        album.released = reading.words.released
        album.release_day = first_day(album.released)
    if reading.price is not None:
        album.amount, album.currency = reading.price.amount, reading.price.currency
    if reading.said.pricing:
        album.pricing = reading.said.pricing
    if cover := reading.cover:
        album.cover_digest, album.accent = cover.digest, cover.accent
        album.cover_width, album.cover_height = cover.width, cover.height


def _edition(
    session: Session, album: Album, latest: Edition | None, rows: list[Track], now: datetime
) -> tuple[Edition, bool]:
    """The latest edition if its music is this, else a new one; and whether it is new."""
    music = fingerprint(album, rows)
    if latest and latest.fingerprint == music:
        return latest, False
    return add_edition(session, album, rows, music, now), True


def _keep_previews(latest: Edition, rows: Sequence[Track]) -> None:
    """How much may be heard is the owner's word, and no folder says it."""
    heard = {track.sound_digest: track.preview_seconds for track in latest.tracks}
    placed = {(track.disc, track.position): track.preview_seconds for track in latest.tracks}
    for row in rows:
        row.preview_seconds = heard.get(row.sound_digest, placed.get((row.disc, row.position)))


def make_track(words: TrackWords) -> Track:
    """The row of a track, for an edition to come."""
    master = words.placed.master
    return Track(
        disc=words.disc,
        position=words.position,
        title=words.title,
        artist_credit=words.artist_credit,
        duration_ms=master.probe.duration_ms,
        isrc=words.isrc,
        composer=words.composer,
        lyrics=words.lyrics,
        master_digest=master.digest,
        master_name=master.file.name[-500:],
        sound_digest=master.probe.sound,
        sample_rate=master.probe.sample_rate,
        channels=master.probe.channels,
        bit_depth=master.probe.bit_depth,
        peaks="",
    )
