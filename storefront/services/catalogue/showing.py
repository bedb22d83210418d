"""An album's page, in three statements: the album with its artists, tracks with formats, more by the artists."""

from collections.abc import Sequence, Set
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from storefront.media.formats import Format
from storefront.models import Album, AlbumArtist, AlbumSlug, AlbumState, Artist, File, FileKind, Track
from storefront.money import Money
from storefront.services.catalogue.album_pages import format_lines, make_page, track_line
from storefront.services.catalogue.cards import cards, newest_cards
from storefront.services.catalogue.errors import AlbumMoved, AlbumWithdrawn, NoSuchAlbum
from storefront.services.catalogue.read_models import AlbumCard, AlbumPage, ArtistLink, FormatLine

MORE = 4
#: Where anybody has what is heard of an album.
STREAMS = "/stream"

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
    return make_page(
        album,
        artists=list(artists.values()),
        price=Money(album.amount, album.currency),
        available=available,
        tracks=[track_line(row, row.digest, row.preview, STREAMS if available else None) for row in streams],
        formats=_formats(files, streams, {*album.formats, Format.ORIGINAL}),
        more=more_by_its_artists(connection, today, album.id),
    )


def more_by_its_artists(connection: Connection, today: date, album_id: int) -> list[AlbumCard]:
    """Some other public albums of an album's artists, newest first."""
    return cards(connection.execute(_MORE, {"album_id": album_id}), today)


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


def _formats(files: Sequence[Any], streams: Sequence[Any], offered: Set[str]) -> list[FormatLine]:
    """Those on offer that are made, in the order of FORMATS."""
    sizes = {row.format: row.size for row in files if row.kind == FileKind.ARCHIVE and row.format in offered}
    return format_lines((format for format in Format if format in sizes), sizes, streams)
