"""The lists of the shop: its front, all albums, a search, artists. Each takes two or three statements.

`today` always is the day in the shop's time zone, by which an album is sold or announced.
"""

import unicodedata
from datetime import date

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from storefront.models import Album, AlbumArtist, Artist
from storefront.services.catalogue.cards import COLUMNS, NEWEST_FIRST, PUBLIC, cards, newest_cards
from storefront.services.catalogue.read_models import AlbumList, ArtistLine, ArtistPage, Home
from storefront.services.catalogue.search import matches

PAGE = 24
ON_FRONT = 12


def home(session: Session, today: date) -> Home:
    """The newest album that is sold, with its words, and the newest others (those announced included)."""
    fronts = session.execute(
        select(*COLUMNS, Album.description).where(PUBLIC, Album.release_day <= today).order_by(*NEWEST_FIRST).limit(1)
    ).all()
    front = next(iter(cards(fronts, today)), None)
    albums = cards(session.execute(newest_cards().limit(ON_FRONT + 1)), today)
    return Home(
        front=front,
        front_description=fronts[0].description if fronts else "",
        albums=[card for card in albums if card != front][:ON_FRONT],
        total=session.scalar(select(func.count()).select_from(Album).where(PUBLIC)) or 0,
    )


def albums(session: Session, today: date, page: int = 1) -> AlbumList:
    """Page `page` of all albums; no cards beyond the last page."""
    return _list(session, today, page, true(), None)


def search(session: Session, today: date, words: str, page: int = 1) -> AlbumList:
    """Page `page` of the albums that have every one of `words`, which may be empty: then there are none."""
    words = " ".join(words.split())
    return _list(session, today, page, matches(session, words), words) if words else AlbumList([], 1, 1, 0, "")


def _list(session: Session, today: date, page: int, wanted: ColumnElement[bool], words: str | None) -> AlbumList:
    total = session.scalar(select(func.count()).select_from(Album).where(PUBLIC, wanted)) or 0
    pages = max(1, -(-total // PAGE))
    rows = session.execute(newest_cards().where(wanted).limit(PAGE).offset((page - 1) * PAGE)) if page <= pages else ()
    return AlbumList(cards(rows, today), page, pages, total, words)


def artist(session: Session, today: date, slug: str) -> ArtistPage | None:
    """An artist and their public albums; None for one that is unknown or has none."""
    rows = session.execute(
        select(*COLUMNS, Artist.name, Artist.slug.label("artist_slug"), Artist.biography)
        .join(AlbumArtist, AlbumArtist.album_id == Album.id)
        .join(Artist)
        .where(Artist.slug == slug, PUBLIC)
        .order_by(*NEWEST_FIRST)
    ).all()
    if not rows:
        return None
    return ArtistPage(rows[0].name, rows[0].artist_slug, rows[0].biography, cards(rows, today))


def artists(session: Session) -> list[ArtistLine]:
    """Everybody who has a public album, by name."""
    rows = session.execute(
        select(Artist.name, Artist.slug, func.count(Album.id.distinct()))
        .join(AlbumArtist, AlbumArtist.artist_id == Artist.id)
        .join(Album)
        .where(PUBLIC)
        .group_by(Artist.id, Artist.name, Artist.slug)
    )
    return sorted((ArtistLine(*row) for row in rows), key=lambda line: _alphabetical(line.name))


def _alphabetical(name: str) -> str:
    return unicodedata.normalize("NFKD", name).casefold()
