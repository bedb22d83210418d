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


def newest_cards() -> Select[*tuple[Any, ...]]:
    """All public albums as rows for `cards`, newest first."""
    return select(*COLUMNS).where(PUBLIC).order_by(*NEWEST_FIRST)


def cover_of(row: Any) -> Cover | None:
    """The cover of a row that has the cover's four columns."""
    if row.cover_digest is None:
        return None
    return Cover(row.cover_digest, row.cover_width, row.cover_height, row.cover_alt)


def cards(rows: Iterable[Any], today: date) -> list[AlbumCard]:
    """A card for each row of COLUMNS, in order; `today` by the shop's time zone."""
    made = []
    for row in rows:
        slug, title, credit, amount, currency, pricing, day, released, *_ = row
        price = Money(amount, currency)
        made.append(AlbumCard(slug, title, credit, price, pricing, day, released, day <= today, cover_of(row)))
    return made
