"""An album as its editor shows it: plain values, made from its rows and its latest edition."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from storefront.models import Album, AlbumArtist, Edition, Pricing, Track
from storefront.money import Money


@dataclass(frozen=True, slots=True)
class TrackDraft:
    """A track's words. `key` names its master, so that it stays the same track in every edition."""

    key: str
    disc: int
    title: str
    #: "" where it is the album's.
    artist_credit: str
    isrc: str
    composer: str
    lyrics: str
    #: None for all, 0 for nothing, 30 to 90.
    preview_seconds: int | None
    #: What cannot be changed here.
    master_name: str = ""
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class AlbumDraft:
    """All that an owner can change about an album; `tracks` in their order, the discs after each other."""

    title: str
    artist_credit: str
    #: Those with a page of their own, in the order of the credit.
    artists: tuple[str, ...]
    description: str
    credits: str
    label: str
    genre: str
    copyright: str
    released: str
    cover_alt: str
    #: None while there is none.
    price: Money | None
    pricing: Pricing
    formats: tuple[str, ...]
    tracks: tuple[TrackDraft, ...]


def newest_music(session: Session, album: Album) -> Edition | None:
    """The latest edition with its tracks, as it is in the database now."""
    return session.scalar(
        select(Edition)
        .where(Edition.album_id == album.id)
        .order_by(Edition.number.desc())
        .limit(1)
        .options(selectinload(Edition.tracks))
        .execution_options(populate_existing=True)
    )


def draft_of(session: Session, album: Album) -> AlbumDraft:
    """The album as it is now."""
    edition = newest_music(session, album)
    credited = session.scalars(
        select(AlbumArtist)
        .where(AlbumArtist.album_id == album.id)
        .order_by(AlbumArtist.position)
        .options(selectinload(AlbumArtist.artist))
    )
    return AlbumDraft(
        title=album.title,
        artist_credit=album.artist_credit,
        artists=tuple(one.artist.name for one in credited),
        description=album.description,
        credits=album.credits,
        label=album.label,
        genre=album.genre,
        copyright=album.copyright,
        released=album.released,
        cover_alt=album.cover_alt,
        price=album.price_so_far,
        pricing=album.pricing,
        formats=album.formats,
        tracks=tuple(_track(key, track) for key, track in keyed(edition.tracks if edition else ()).items()),
    )


def keyed(tracks: Sequence[Track]) -> dict[str, Track]:
    """The tracks in their order, each by a name made of its master; a master that comes twice has a number more."""
    found: dict[str, Track] = {}
    for track in tracks:
        key, number = track.master_digest[:16], 2
        while key in found:
            key, number = f"{track.master_digest[:16]}-{number}", number + 1
        found[key] = track
    return found


def _track(key: str, track: Track) -> TrackDraft:
    return TrackDraft(
        key=key,
        disc=track.disc,
        title=track.title,
        artist_credit=track.artist_credit or "",
        isrc=track.isrc or "",
        composer=track.composer,
        lyrics=track.lyrics,
        preview_seconds=track.preview_seconds,
        master_name=track.master_name,
        duration_ms=track.duration_ms,
    )
