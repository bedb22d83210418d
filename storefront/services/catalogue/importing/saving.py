"""An album as it was read -> rows: a draft, its edition, and the job that makes its files."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.models import Album, AlbumState, Edition, Track
from storefront.money import NO_CURRENCY, Money
from storefront.services.catalogue.editions import add_edition, latest_edition
from storefront.services.catalogue.importing.album_file import AlbumFile, first_day
from storefront.services.catalogue.importing.covers import FoundCover
from storefront.services.catalogue.importing.fingerprints import fingerprint
from storefront.services.catalogue.importing.words import AlbumWords, TrackWords
from storefront.services.catalogue.naming import credit_artists, keep_address, name_album
from storefront.services.catalogue.search import index_album
from storefront.services.catalogue.version import bump_catalogue


class Outcome(StrEnum):
    """What an import did to an album."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was found out about an album before anything is written."""

    words: AlbumWords
    said: AlbumFile
    #: album.toml's, or whoever imports said it; None where nobody did.
    price: Money | None
    cover: FoundCover | None

    @property
    def sounds(self) -> set[str]:
        """By which the recordings are known, whatever their tags."""
        return {track.placed.master.probe.sound for track in self.words.tracks}

    def with_masters(self, known: Mapping[str, str]) -> "Reading":
        """The same, with those masters (sound -> digest) that are stored already."""
        tracks = tuple(track.with_master(known.get(track.placed.master.probe.sound)) for track in self.words.tracks)
        return replace(self, words=replace(self.words, tracks=tracks))


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
    session: Session, reading: Reading, now: datetime, produce_at: datetime
) -> tuple[Album, Edition, Outcome]:
    """Writes the album, in the caller's step.

    What the reading says nothing about stays as it is.
    """
    # The one row that all imports change: where several run at once, the others wait here for this one.
    bump_catalogue(session)
    album = find_known(session, reading)
    created = album is None
    if album is None:
        album = _new_album(reading, now)
        session.add(album)
    name_album(session, album, reading.words.title, reading.words.artist_credit)
    _describe(album, reading)
    changed = session.is_modified(album)
    session.flush()  # a new album's number, for what belongs to it
    keep_address(session, album)
    changed |= credit_artists(session, album, reading.words.artists, now)
    edition, renewed = _edition(session, album, reading.words.tracks, now)
    if changed or renewed:
        album.updated = now
    enqueue(session, "produce", key=f"produce:{edition.public_id}", due=produce_at, edition=edition.public_id)
    if album.state == AlbumState.PUBLISHED:
        index_album(session, album.id)
    outcome = Outcome.CREATED if created else Outcome.UPDATED if changed or renewed else Outcome.UNCHANGED
    return album, edition, outcome


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


def _edition(session: Session, album: Album, tracks: Iterable[TrackWords], now: datetime) -> tuple[Edition, bool]:
    """The latest edition if its music is this, else a new one; and whether it is new."""
    rows = [make_track(track) for track in tracks]
    music = fingerprint(album, rows)
    latest = latest_edition(session, album)
    if latest and latest.fingerprint == music:
        return latest, False
    # How much may be heard is the owner's word, and no folder says it.
    heard = {track.sound_digest: track.preview_seconds for track in latest.tracks} if latest else {}
    placed = {(track.disc, track.position): track.preview_seconds for track in latest.tracks} if latest else {}
    for row in rows:
        row.preview_seconds = heard.get(row.sound_digest, placed.get((row.disc, row.position)))
    return add_edition(session, album, rows, music, now), True


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
