"""All albums as the desk lists them: searched, of one standing, in an order, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from storefront.models import Album, AlbumArtist, AlbumState, AlbumTotal, Edition, EditionState, Upload, UploadState
from storefront.services.catalogue.editing.listing import AlbumLine, Standing, line_of
from storefront.services.catalogue.production import Progress, how_far
from storefront.services.catalogue.uploading.progress import failure_of
from storefront.services.shop.figures.of_albums import AlbumSales, sales_of

PAGE = 50


class StockOrder(StrEnum):
    """Of the list."""

    NEWEST = "newest"
    TITLE = "title"
    RELEASE = "release"
    SOLD = "sold"


_SOLD = select(AlbumTotal.album_id, func.sum(AlbumTotal.sold).label("sold")).group_by(AlbumTotal.album_id).subquery()
_ORDERS: dict[StockOrder, tuple[Any, ...]] = {
    StockOrder.NEWEST: (Album.id.desc(),),
    StockOrder.TITLE: (func.lower(Album.title), Album.id),
    StockOrder.RELEASE: (Album.release_day.desc(), Album.id.desc()),
    StockOrder.SOLD: (func.coalesce(_SOLD.c.sold, 0).desc(), Album.id.desc()),
}


@dataclass(frozen=True, slots=True)
class StockWish:
    """What is asked for: words of a title or an artist, a standing, an order, and a page, counted from 1."""

    words: str = ""
    standing: Standing | None = None
    order: StockOrder = StockOrder.NEWEST
    page: int = 1


@dataclass(frozen=True, slots=True)
class Stock:
    """One page of the `pages` that `total` albums come to."""

    lines: list[AlbumLine]
    #: By the albums' rows.
    sales: dict[int, AlbumSales]
    page: int
    pages: int
    total: int


def list_albums(session: Session, today: date, wish: StockWish) -> Stock:
    """One page of what is wished, with `today` the day in the shop's time zone."""
    asked = _conditions(wish, today)
    total = session.scalars(select(func.count()).select_from(Album).where(*asked)).one()
    albums = _page(session, wish, asked)
    making = _in_the_making(session, albums)
    lines = [line_of(session, album, today, making.get(album.id)) for album in albums]
    sales = sales_of(session, [album.id for album in albums])
    return Stock(lines, sales, wish.page, max(1, -(-total // PAGE)), total)


def _page(session: Session, wish: StockWish, asked: list[ColumnElement[bool]]) -> list[Album]:
    """Sorted by their numbers alone: descriptions are long, and are read of one page."""
    ids = select(Album.id).where(*asked).order_by(*_ORDERS[wish.order]).limit(PAGE).offset((wish.page - 1) * PAGE)
    if wish.order == StockOrder.SOLD:
        ids = ids.outerjoin(_SOLD, _SOLD.c.album_id == Album.id)
    places = {id: place for place, id in enumerate(session.scalars(ids))}
    whole = joinedload(Album.edition), selectinload(Album.artists).joinedload(AlbumArtist.artist)
    albums = session.scalars(select(Album).where(Album.id.in_(places)).options(*whole))
    return sorted(albums, key=lambda album: places[album.id])


def open_uploads(session: Session) -> list[tuple[Upload, str | None]]:
    """Uploads that wait for their owner, newest first, each with the last words of its job if that was given up."""
    query = (
        select(Upload)
        .where(Upload.state != UploadState.DONE, Upload.files.any())
        .order_by(Upload.id.desc())
        .limit(PAGE)
        .options(selectinload(Upload.files), joinedload(Upload.album))
    )
    uploads = session.scalars(query).all()
    reading = UploadState.READING
    return [(upload, failure_of(session, upload) if upload.state == reading else None) for upload in uploads]


def _conditions(wish: StockWish, today: date) -> list[ColumnElement[bool]]:
    asked = []
    for word in wish.words.split():
        asked.append(or_(*(column.icontains(word, autoescape=True) for column in (Album.title, Album.artist_credit))))
    public = Album.state == AlbumState.PUBLISHED
    standings = {
        Standing.DRAFT: (Album.state == AlbumState.DRAFT,),
        Standing.WITHDRAWN: (Album.state == AlbumState.WITHDRAWN,),
        Standing.ON_SALE: (public, Album.release_day <= today),
        Standing.SCHEDULED: (public, Album.release_day > today),
    }
    return [*asked, *(standings[wish.standing] if wish.standing else ())]


def _in_the_making(session: Session, albums: Sequence[Album]) -> dict[int, Progress]:
    """By the albums' numbers, of editions that are not ready."""
    editions = (
        select(Edition)
        .where(Edition.album_id.in_([album.id for album in albums]), Edition.state == EditionState.BUILDING)
        .options(selectinload(Edition.tracks), joinedload(Edition.album))
        .execution_options(populate_existing=True)
    )
    return {edition.album_id: how_far(session, edition) for edition in session.scalars(editions).all()}
