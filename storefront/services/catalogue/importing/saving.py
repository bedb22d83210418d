"""An album as it was read -> rows: a draft, its edition, and the job that makes its files."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.models import Album, AlbumArtist, AlbumSlug, AlbumState, Artist, Edition, EditionState, File, Track
from storefront.money import Money
from storefront.services.catalogue.importing.album_file import AlbumFile, first_day
from storefront.services.catalogue.importing.covers import FoundCover
from storefront.services.catalogue.importing.fingerprints import fingerprint
from storefront.services.catalogue.importing.words import AlbumWords, TrackWords
from storefront.services.catalogue.search import index_album
from storefront.services.catalogue.slugs import free_slug
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
    def masters(self) -> set[str]:
        return {track.placed.master.digest for track in self.words.tracks}


def find_album(session: Session, reading: Reading) -> Album | None:
    """The album that was imported from this before: of the same title and artist, or of exactly the same masters."""
    words = reading.words
    named = select(Album).where(Album.title == words.title, Album.artist_credit == words.artist_credit)
    if album := session.scalar(named.order_by(Album.id).limit(1)):
        return album
    some = next(iter(reading.masters))
    editions = select(Edition).join(Track).where(Track.master_digest == some).distinct().order_by(Edition.id.desc())
    for edition in session.scalars(editions):
        if {track.master_digest for track in edition.tracks} == reading.masters:
            return edition.album
    return None


def save_album(
    session: Session, reading: Reading, now: datetime, produce_at: datetime
) -> tuple[Album, Edition, Outcome]:
    """Writes the album, in the caller's step. What the reading says nothing about stays as it is."""
    # The one row that all imports change: where several run at once, the others wait here for this one.
    bump_catalogue(session)
    album = find_album(session, reading)
    created = album is None
    if album is None:
        album = _new_album(reading, now)
        session.add(album)
    _name(session, album, reading.words)
    _describe(album, reading)
    changed = session.is_modified(album)
    session.flush()  # a new album's number, for what belongs to it
    _address(session, album)
    changed |= _credit(session, album, reading.words.artists, now)
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


def _name(session: Session, album: Album, words: AlbumWords) -> None:
    """Title and address; a new title brings a new address."""
    album.artist_credit = words.artist_credit
    if album.title == words.title:
        return
    album.title = words.title
    owner = select(AlbumSlug.album_id)
    album.slug = free_slug(
        words.title, lambda slug: session.scalar(owner.where(AlbumSlug.slug == slug)) not in (None, album.id)
    )


def _address(session: Session, album: Album) -> None:
    """An address that it had stays its own, and leads to today's."""
    if session.get(AlbumSlug, album.slug) is None:
        session.add(AlbumSlug(slug=album.slug, album_id=album.id))


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


def _credit(session: Session, album: Album, names: Iterable[str], now: datetime) -> bool:
    """The artists in their order; whether that changed anything."""
    names = list(names)
    if [credited.artist.name for credited in album.artists] == names:
        return False
    session.execute(delete(AlbumArtist).where(AlbumArtist.album_id == album.id))
    session.expire(album, ["artists"])
    for position, name in enumerate(names, 1):
        artist = _artist(session, name, now)
        session.add(AlbumArtist(album_id=album.id, position=position, artist_id=artist.id))
    session.flush()  # index_album reads them
    return True


def _artist(session: Session, name: str, now: datetime) -> Artist:
    artist = session.scalar(select(Artist).where(Artist.name == name))
    if artist is None:
        slug = free_slug(name, lambda slug: session.scalar(select(Artist.id).where(Artist.slug == slug)) is not None)
        artist = Artist(
            public_id=secrets.token_hex(16),
            slug=slug,
            name=name,
            biography="",
            created=now,
        )
        session.add(artist)
        session.flush()  # its number, for the credit
    return artist


def _edition(session: Session, album: Album, tracks: Iterable[TrackWords], now: datetime) -> tuple[Edition, bool]:
    """The latest edition if its music is this, else a new one; and whether it is new."""
    tracks = list(tracks)
    music = fingerprint(album, tracks)
    latest = session.scalar(
        select(Edition).where(Edition.album_id == album.id).order_by(Edition.number.desc()).limit(1)
    )
    if latest and latest.fingerprint == music:
        return latest, False
    edition = Edition(
        public_id=secrets.token_hex(16),
        album_id=album.id,
        number=latest.number + 1 if latest else 1,
        state=EditionState.BUILDING,
        fingerprint=music,
        created=now,
        tracks=[_track(track) for track in tracks],
    )
    if latest and latest.state == EditionState.BUILDING:
        _forget(session, latest)
    session.add(edition)
    session.flush()  # the job names it, and the caller reads it
    return edition, True


def _forget(session: Session, edition: Edition) -> None:
    """An edition that never was ready, so that nobody can have bought it."""
    for table in (File, Track):
        session.execute(delete(table).where(table.edition_id == edition.id))
    session.execute(delete(Edition).where(Edition.id == edition.id))


def _track(words: TrackWords) -> Track:
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
        sample_rate=master.probe.sample_rate,
        channels=master.probe.channels,
        bit_depth=master.probe.bit_depth,
        peaks="",
    )
