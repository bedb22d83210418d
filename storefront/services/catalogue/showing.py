"""An album's page, in three statements: the album with its artists, tracks with formats, more by the artists."""

from collections.abc import Sequence, Set
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from storefront.media.formats import FORMATS, Format
from storefront.models import Album, AlbumArtist, AlbumSlug, AlbumState, Artist, File, FileKind, Track
from storefront.money import Money
from storefront.services.catalogue.cards import cards, cover_of, newest_cards
from storefront.services.catalogue.errors import AlbumMoved, AlbumWithdrawn, NoSuchAlbum
from storefront.services.catalogue.outlines import outline
from storefront.services.catalogue.read_models import AlbumPage, ArtistLink, Disc, FormatLine, TrackLine

MORE = 4

#: Once for each artist of its credit.
_ALBUM = (
    select(
        Album.id, Album.slug, Album.title, Album.artist_credit, Album.description, Album.credits, Album.label,
        Album.copyright, Album.genre, Album.amount, Album.currency, Album.pricing, Album.formats, Album.state,
        Album.released, Album.release_day, Album.cover_digest, Album.cover_width, Album.cover_height, Album.cover_alt,
        Album.edition_id, Artist.id.label("artist_id"), Artist.name.label("artist_name"),
        Artist.slug.label("artist_slug"),
    )
    .join(AlbumSlug, AlbumSlug.album_id == Album.id)
    .outerjoin(AlbumArtist, AlbumArtist.album_id == Album.id)
    .outerjoin(Artist, Artist.id == AlbumArtist.artist_id)
    .where(AlbumSlug.slug == bindparam("slug"))
    .order_by(AlbumArtist.position)
)  # fmt: skip
_PREVIEW = aliased(File)
#: The archives and, in order, the streams with their tracks: an edition that is ready has one for each.
_MUSIC = (
    select(
        File.kind, File.format, File.digest, File.size, Track.disc, Track.position, Track.title, Track.artist_credit,
        Track.duration_ms, Track.sample_rate, Track.bit_depth, Track.peaks, Track.preview_seconds,
        _PREVIEW.digest.label("preview"),
    )
    .outerjoin(Track, Track.id == File.track_id)
    .outerjoin(_PREVIEW, and_(_PREVIEW.track_id == Track.id, _PREVIEW.kind == FileKind.PREVIEW))
    .where(File.edition_id == bindparam("edition_id"), or_(File.kind == FileKind.ARCHIVE, File.kind == FileKind.STREAM))
    .order_by(Track.disc, Track.position)
)  # fmt: skip
_ITS_ARTISTS = select(AlbumArtist.artist_id).where(AlbumArtist.album_id == bindparam("album_id"))
_MORE = (
    newest_cards()
    .where(Album.id.in_(select(AlbumArtist.album_id).where(AlbumArtist.artist_id.in_(_ITS_ARTISTS))))
    .where(Album.id != bindparam("album_id"))
    .limit(MORE)
)


def show_album(connection: Connection, today: date, slug: str) -> AlbumPage:
    """The page of a public album; before its release without its streams.

    Raises NoSuchAlbum, AlbumWithdrawn, or AlbumMoved when `slug` is an address that it had once.
    """
    rows = _find(connection, slug)
    album = rows[0]
    artists = {row.artist_id: ArtistLink(row.artist_name, row.artist_slug) for row in rows if row.artist_id}
    available = album.release_day <= today
    files = connection.execute(_MUSIC, {"edition_id": album.edition_id}).all()
    streams = [row for row in files if row.kind == FileKind.STREAM]
    tracks = [_track(row, audible=available) for row in streams]
    more = connection.execute(_MORE, {"album_id": album.id})
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
        discs=[Disc(number, list(theirs)) for number, theirs in groupby(tracks, key=lambda track: track.disc)],
        duration_ms=sum(track.duration_ms for track in tracks),
        formats=_formats(files, streams, {*album.formats, Format.ORIGINAL}),
        more=cards(more, today),
    )


def _find(connection: Connection, slug: str) -> Sequence[Any]:
    """The album, once for each artist of its credit."""
    rows = connection.execute(_ALBUM, {"slug": slug}).all()
    if not rows or rows[0].state == AlbumState.DRAFT:
        raise NoSuchAlbum
    if rows[0].state == AlbumState.WITHDRAWN:
        raise AlbumWithdrawn
    if rows[0].slug != slug:
        raise AlbumMoved(rows[0].slug)
    return rows


def _track(row: Any, *, audible: bool) -> TrackLine:
    digest = row.digest if row.preview_seconds is None else row.preview
    heard = row.duration_ms if row.preview_seconds is None else min(1000 * row.preview_seconds, row.duration_ms)
    return TrackLine(
        disc=row.disc,
        position=row.position,
        title=row.title,
        artist_credit=row.artist_credit,
        duration_ms=row.duration_ms,
        stream=f"/stream/{digest}.mp3" if digest and audible and heard else None,
        preview_ms=heard if heard < row.duration_ms else None,
        peaks=outline(row.peaks, heard / max(1, row.duration_ms)),
    )


def _formats(files: Sequence[Any], streams: Sequence[Any], offered: Set[str]) -> list[FormatLine]:
    """Those on offer that are made, in the order of FORMATS."""
    sizes = {row.format: row.size for row in files if row.kind == FileKind.ARCHIVE and row.format in offered}
    return [
        FormatLine(format, FORMATS[format].label, _depth(streams) if FORMATS[format].lossless else "", sizes[format])
        for format in Format
        if format in sizes
    ]


def _depth(tracks: Sequence[Any]) -> str:
    """How fine the finest of the masters is: "24 bit, 44.1 kHz"."""
    bits, rate = max(((track.bit_depth or 0, track.sample_rate) for track in tracks), default=(0, 0))
    return f"{bits} bit, {rate / 1000:g} kHz" if bits else ""
