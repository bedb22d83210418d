"""What each album has sold and brought in: added to in the step that pays a purchase or writes the ledger.

The rows are what is so, and these are sums of them: `recount_albums` holds one against the other.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, func, insert, literal, select, union_all
from sqlalchemy.orm import Session

from storefront.models import (
    Album,
    AlbumPurchase,
    AlbumTotal,
    Channel,
    LedgerEntry,
    PurchaseState,
    TotalsZone,
    add_to,
    end_reading,
    writing,
)
from storefront.money import Balance
from storefront.payments.results import Booking

P, T = AlbumPurchase, AlbumTotal


@dataclass(frozen=True, slots=True)
class AlbumSales:
    """How often an album was sold here, and what that left, in each currency that Stripe booked."""

    sold: int = 0
    income: tuple[Balance, ...] = ()


def sales_of(session: Session, albums: Iterable[int]) -> dict[int, AlbumSales]:
    """By the albums' rows; nothing for those that nobody bought."""
    rows = session.execute(select(T).where(T.album_id.in_(list(albums))).order_by(T.currency)).scalars()
    found: dict[int, AlbumSales] = {}
    for row in rows:
        so_far = found.get(row.album_id, AlbumSales())
        income = (*so_far.income, Balance(row.income, row.currency)) if row.income else so_far.income
        found[row.album_id] = AlbumSales(so_far.sold + row.sold, income)
    return found


def count_album_sale(session: Session, purchase: AlbumPurchase) -> None:
    """Of a purchase that was paid, or free, in this step."""
    row = {"album_id": purchase.album_id, "currency": purchase.currency, "sold": 1, "income": 0}
    add_to(session, T, [row])


def count_album_income(session: Session, entries: Iterable[tuple[int, Booking]]) -> None:
    """Of bookings that came to purchases, by their rows, in this step: new ones, and old ones that were nobody's."""
    entries = list(entries)
    ids = {purchase for purchase, _ in entries}
    albums = {row.id: row.album_id for row in session.execute(select(P.id, P.album_id).where(P.id.in_(ids)))}
    income: Counter[tuple[int, str]] = Counter()
    for purchase, entry in entries:
        income[albums[purchase], entry.currency] += entry.net
    if income:
        add_to(
            session,
            T,
            [
                {"album_id": album, "currency": currency, "sold": 0, "income": net}
                for (album, currency), net in income.items()
            ],
        )


def recount_albums(session: Session, *, check: bool = False) -> Iterator[str]:
    """Counts all again -> a sentence for each sum that differs, mended unless it is to `check`."""
    wrong = _differences(session)
    end_reading(session)
    if wrong and not check:
        with writing(session):  # step: every album's sums are what its rows come to
            session.execute(select(TotalsZone.id).with_for_update())  # until it ends nobody adds to any
            session.execute(delete(T))
            session.execute(insert(T).from_select(["album_id", "currency", "sold", "income"], _counted()))
    yield from wrong


def _differences(session: Session) -> list[str]:
    """Kept and counted as one look at the database has them, so that nobody's step is half seen."""
    counted, kept = _counted().subquery(), select(T.album_id, T.currency, -T.sold, -T.income)
    both = union_all(select(counted), kept).subquery()
    sold, income = func.sum(both.c.sold), func.sum(both.c.income)
    differing = (
        select(Album.title, both.c.currency, sold.label("sold"), income.label("income"))
        .join(Album, Album.id == both.c.album_id)
        .group_by(Album.id, Album.title, both.c.currency)
        .having((sold != 0) | (income != 0))
        .order_by(Album.id, both.c.currency)
    )
    return [
        f'"{row.title}" in {row.currency}: {row.sold:+} sold and {row.income:+} of income were not in its sums'
        for row in session.execute(differing)
    ]


def _counted() -> Select[Any]:
    """album_id, currency, sold, income, from the rows. What another platform sold is no sale of this shop's."""
    nothing = literal(0)
    sales = select(P.album_id, P.currency, func.count().label("sold"), nothing.label("income"))
    sales = sales.where(P.state == PurchaseState.PAID, P.channel != Channel.IMPORT).group_by(P.album_id, P.currency)
    income = select(P.album_id, LedgerEntry.currency, nothing, func.sum(LedgerEntry.net))
    income = income.join(P, P.id == LedgerEntry.purchase_id).group_by(P.album_id, LedgerEntry.currency)
    rows = union_all(sales, income).subquery()
    sums = func.sum(rows.c.sold).label("sold"), func.sum(rows.c.income).label("income")
    return select(rows.c.album_id, rows.c.currency, *sums).group_by(rows.c.album_id, rows.c.currency)
