"""The lists of the shop: its front, all albums, a search, artists.

`today` always is the day in the shop's time zone, by which an album is sold or announced. The statements are made once,
here: making them anew for each page would cost more than running them.
"""

import unicodedata
from datetime import date

from sqlalchemy import Connection, bindparam, func, select

from storefront.models import Album, AlbumArtist, Artist, ArtistSlug
from storefront.services.catalogue.cards import NEWEST_FIRST, PUBLIC, cards, newest_cards
from storefront.services.catalogue.errors import ArtistMoved
from storefront.services.catalogue.read_models import AlbumCard, AlbumList, ArtistLine, ArtistPage, Home
from storefront.services.catalogue.search import search_statements
from storefront.services.catalogue.words import asked

PAGE = 24
ON_FRONT = 12

_FRONT = newest_cards(Album.description).where(Album.release_day <= bindparam("today")).limit(1)
_SHELF = newest_cards().limit(ON_FRONT + 1)
_PAGE_OF_ALL = newest_cards().limit(PAGE).offset(bindparam("offset"))
_ARTIST = select(Artist.id, Artist.name, Artist.slug, Artist.biography).where(Artist.slug == bindparam("slug"))
_MOVED = select(Artist.slug).join(ArtistSlug).where(ArtistSlug.slug == bindparam("slug"))
_OF_ARTIST = newest_cards().where(
    Album.id.in_(select(AlbumArtist.album_id).where(AlbumArtist.artist_id == bindparam("artist_id")))
)
_ARTISTS = (
    select(Artist.name, Artist.slug, func.count(Album.id.distinct()))
    .join(AlbumArtist, AlbumArtist.artist_id == Artist.id)
    .join(Album)
    .where(PUBLIC)
    .group_by(Artist.id, Artist.name, Artist.slug)
)
_ALBUM_SLUGS = select(Album.slug).where(PUBLIC).order_by(*NEWEST_FIRST).limit(bindparam("most"))
_ARTIST_SLUGS = (
    select(Artist.slug)
    .where(Artist.id.in_(select(AlbumArtist.artist_id).join(Album).where(PUBLIC)))
    .order_by(Artist.slug)
    .limit(bindparam("most"))
)


def home(connection: Connection, today: date, total: int) -> Home:
    """The newest album that is sold, with its words, and the newest others (those announced included)."""
    fronts = connection.execute(_FRONT, {"today": today}).all()
    front = next(iter(cards(fronts, today)), None)
    others = [card for card in cards(connection.execute(_SHELF), today) if card != front]
    return Home(front, fronts[0].description if fronts else "", others[:ON_FRONT], total)


def albums(connection: Connection, today: date, total: int, page: int = 1) -> AlbumList:
    """Page `page` of all albums, which are `total`; no cards beyond the last page."""
    rows = connection.execute(_PAGE_OF_ALL, {"offset": (page - 1) * PAGE})
    return _list(cards(rows, today), page, total, None)


def search(connection: Connection, today: date, words: str, page: int = 1) -> AlbumList:
    """Page `page` of the albums that have every one of `words`, which may be empty: then there are none."""
    words = " ".join(words.split())
    if not asked(words):
        return _list([], page, 0, words)
    statements = search_statements(connection.dialect.name)
    query = statements.query(words)
    total = connection.execute(statements.total, {"query": query}).scalar_one()
    rows = connection.execute(statements.cards, {"query": query, "limit": PAGE, "offset": (page - 1) * PAGE})
    return _list(cards(rows, today), page, total, words)


def _list(found: list[AlbumCard], page: int, total: int, words: str | None) -> AlbumList:
    return AlbumList(found, page, max(1, -(-total // PAGE)), total, words)


def artist(connection: Connection, today: date, slug: str) -> ArtistPage | None:
    """An artist and their public albums; None for one that is unknown or has none.

    Raises ArtistMoved when `slug` is an address that they had once.
    """
    found = connection.execute(_ARTIST, {"slug": slug}).one_or_none()
    if found is None and (moved_to := connection.scalar(_MOVED, {"slug": slug})):
        raise ArtistMoved(moved_to)
    theirs = cards(connection.execute(_OF_ARTIST, {"artist_id": found.id}), today) if found else []
    return ArtistPage(found.name, found.slug, found.biography, theirs) if found and theirs else None


def artists(connection: Connection) -> list[ArtistLine]:
    """Everybody who has a public album, by name."""
    lines = (ArtistLine(*row) for row in connection.execute(_ARTISTS))
    return sorted(lines, key=lambda line: unicodedata.normalize("NFKD", line.name).casefold())


def album_slugs(connection: Connection, most: int) -> list[str]:
    """The slugs of the newest public albums, at most `most`."""
    return list(connection.scalars(_ALBUM_SLUGS, {"most": most}))


def artist_slugs(connection: Connection, most: int) -> list[str]:
    """The slugs of those who have a public album, at most `most`."""
    return list(connection.scalars(_ARTIST_SLUGS, {"most": most}))
