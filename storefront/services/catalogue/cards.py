"""Albums as cards of a list: the columns, and how a row becomes a card."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from storefront.models import Album, AlbumState
from storefront.money import Money
from storefront.services.catalogue.read_models import AlbumCard, Cover

#: What everybody may see.
PUBLIC = Album.state == AlbumState.PUBLISHED
NEWEST_FIRST = (Album.release_day.desc(), Album.id.desc())

COLUMNS = (
    Album.slug,
    Album.title,
    Album.artist_credit,
    Album.amount,
    Album.currency,
    Album.pricing,
    Album.release_day,
    Album.released,
    Album.cover_digest,
    Album.cover_width,
    Album.cover_height,
    Album.cover_alt,
)


def newest_cards(*more: Any) -> Select[*tuple[Any, ...]]:
    """All public albums, newest first, as rows for `cards`; `more` columns come after a card's own."""
    return select(*COLUMNS, *more).where(PUBLIC).order_by(*NEWEST_FIRST)


def cover_of(row: Any) -> Cover | None:
    """The cover of a row that has the cover's four columns."""
    if row.cover_digest is None:
        return None
    return Cover(row.cover_digest, row.cover_width, row.cover_height, row.cover_alt)


def cards(rows: Iterable[Any], today: date) -> list[AlbumCard]:
    """A card for each row that begins with COLUMNS, in order; `today` by the shop's time zone."""
    made = []
    for slug, title, credit, amount, currency, pricing, day, released, digest, width, height, alt, *_ in rows:
        cover = Cover(digest, width, height, alt) if digest else None
        price = Money(amount, currency)
        made.append(AlbumCard(slug, title, credit, price, pricing, day, released, day <= today, cover))
    return made
