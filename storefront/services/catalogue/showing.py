"""An album's page, in three statements: the album with its artists, tracks with formats, more by the artists."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.media.formats import FORMATS, Format
from storefront.models import Album, AlbumArtist, AlbumSlug, AlbumState, Artist, File, FileKind, Track
from storefront.money import Money
from storefront.services.catalogue.cards import cards, cover_of, newest_cards
from storefront.services.catalogue.errors import AlbumMoved, AlbumWithdrawn, NoSuchAlbum
from storefront.services.catalogue.read_models import AlbumCard, AlbumPage, ArtistLink, FormatLine, TrackLine

MORE = 4


def show_album(session: Session, today: date, slug: str) -> AlbumPage:
    """The page of a public album; before its release without its streams.

    Raises NoSuchAlbum, AlbumWithdrawn, or AlbumMoved when `slug` is an address that it had once.
    """
    rows = _find(session, slug)
    album = rows[0]
    artists = {row.artist_id: ArtistLink(row.artist_name, row.artist_slug) for row in rows if row.artist_id}
    available = album.release_day <= today
    files = _read_music(session, album.edition_id)
    streams = [row for row in files if row.kind == FileKind.STREAM]
    tracks = [_track(row, audible=available) for row in streams]
    return AlbumPage(
        slug=album.slug,
        title=album.title,
        artist_credit=album.artist_credit,
        artists=list(artists.values()),
        price=Money(album.amount, album.currency),
        pricing=album.pricing,
        available=available,
        release_day=album.release_day,
        released=album.released,
        cover=cover_of(album),
        description=album.description,
        credits=[line.strip() for line in album.credits.splitlines() if line.strip()],
        label=album.label,
        copyright=album.copyright,
        genre=album.genre,
        tracks=tracks,
        discs=max((track.disc for track in tracks), default=1),
        duration_ms=sum(track.duration_ms for track in tracks),
        formats=_formats(files),
        more=_more(session, today, album.id, list(artists)),
    )


def _find(session: Session, slug: str) -> Sequence[Any]:
    """The album, once for each artist of its credit."""
    rows = session.execute(
        select(Album.__table__, Artist.id.label("artist_id"), Artist.name.label("artist_name"),
               Artist.slug.label("artist_slug"))
        .join(AlbumSlug, AlbumSlug.album_id == Album.id)
        .outerjoin(AlbumArtist, AlbumArtist.album_id == Album.id)
        .outerjoin(Artist, Artist.id == AlbumArtist.artist_id)
        .where(AlbumSlug.slug == slug)
        .order_by(AlbumArtist.position)
    ).all()  # fmt: skip
    if not rows or rows[0].state == AlbumState.DRAFT:
        raise NoSuchAlbum
    if rows[0].state == AlbumState.WITHDRAWN:
        raise AlbumWithdrawn
    if rows[0].slug != slug:
        raise AlbumMoved(rows[0].slug)
    return rows


def _read_music(session: Session, edition_id: int) -> Sequence[Any]:
    """The archives and, in order, the streams with their tracks: an edition that is ready has one for each."""
    return session.execute(
        select(File.kind, File.format, File.digest, File.size, Track.disc, Track.position, Track.title,
               Track.artist_credit, Track.duration_ms, Track.sample_rate, Track.bit_depth, Track.peaks)
        .outerjoin(Track, Track.id == File.track_id)
        .where(File.edition_id == edition_id, File.kind.in_([FileKind.ARCHIVE, FileKind.STREAM]))
        .order_by(Track.disc, Track.position)
    ).all()  # fmt: skip


def _track(row: Any, *, audible: bool) -> TrackLine:
    stream = row.digest if audible else None
    return TrackLine(row.disc, row.position, row.title, row.artist_credit, row.duration_ms, stream, row.peaks)


def _formats(files: Sequence[Any]) -> list[FormatLine]:
    """In the order of FORMATS."""
    sizes = {row.format: row.size for row in files if row.kind == FileKind.ARCHIVE}
    tracks = [row for row in files if row.kind == FileKind.STREAM]
    return [
        FormatLine(format, FORMATS[format].label, _depth(tracks) if FORMATS[format].lossless else "", sizes[format])
        for format in Format
        if format in sizes
    ]


def _depth(tracks: Sequence[Any]) -> str:
    """How fine the finest of the masters is: "24 bit, 44.1 kHz"."""
    bits, rate = max(((track.bit_depth or 0, track.sample_rate) for track in tracks), default=(0, 0))
    return f"{bits} bit, {rate / 1000:g} kHz" if bits else ""


def _more(session: Session, today: date, album_id: int, artist_ids: list[int]) -> list[AlbumCard]:
    """Other albums by these artists, newest first."""
    theirs = select(AlbumArtist.album_id).where(AlbumArtist.artist_id.in_(artist_ids))
    others = newest_cards().where(Album.id.in_(theirs), Album.id != album_id).limit(MORE)
    return cards(session.execute(others), today)
