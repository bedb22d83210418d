"""Keeps the sums: called at the end of the very step that writes what they sum.

At its end, so that whoever waits for another's sums holds nothing that the other may want.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from storefront.models import AlbumPurchase, Channel, PurchaseState, Span, Sum, Total, TotalsZone, add_to
from storefront.money import NO_CURRENCY
from storefront.payments.results import Booking
from storefront.services.shop.figures.of_albums import count_album_income, count_album_sale


class Written(NamedTuple):
    """A booking that was written into the ledger."""

    entry: Booking
    #: Whether it was not there before.
    new: bool
    #: The row of the purchase that it came to, now; None if it was that purchase's before, or is nobody's.
    purchase: int | None


#: What a row of sums is known by: kind, currency and name; the day is beside it.
Name = tuple[Sum, str, str]
#: (day, name of the sum) -> how many, amount and fee.
Sums = dict[tuple[date, Name], Counter[str]]


def bought_before(email: str, at: datetime) -> ScalarSelect[datetime | None]:
    """For a purchase that is paid at that time: when this address had paid last, as a part of a statement."""
    last = select(func.max(AlbumPurchase.paid_at)).where(
        AlbumPurchase.email == email,
        AlbumPurchase.state == PurchaseState.PAID,
        AlbumPurchase.channel != Channel.IMPORT,
        AlbumPurchase.paid_at < at,
    )
    return last.scalar_subquery()


def count_sale(session: Session, purchase: AlbumPurchase) -> None:
    """Of a purchase that was paid, or free, in this step."""
    zone = find_zone(session)
    assert purchase.paid_at is not None
    before = purchase.bought_before
    names = sale_names(
        purchase.currency,
        purchase.channel,
        before.astimezone(zone).strftime("%Y-%m") if before else "",
        purchase.album_id,
        purchase.card_country,
        purchase.referrer_host,
    )
    day = purchase.paid_at.astimezone(zone).date()
    _add(session, {(day, name): Counter(count=1, amount=_amount(name, purchase.amount)) for name in names})
    count_album_sale(session, purchase)


def sale_names(
    currency: str, channel: str, month_before: str, album: int, country: str | None, referrer: str
) -> Iterator[Name]:
    """The sums that a purchase is in; `month_before` is "2026-11", or "" for a buyer's first."""
    yield Sum.SOLD, currency, channel
    yield Sum.AGAIN, NO_CURRENCY, month_before
    yield Sum.ALBUM, currency, str(album)
    if country:
        yield Sum.COUNTRY, currency, country
    if referrer:
        yield Sum.REFERRER, currency, referrer


def count_bookings(session: Session, written: Iterable[Written]) -> None:
    """Of what was written into the ledger in this step."""
    zone, sums, lines = None, Sums(), list(written)
    for entry in (line.entry for line in lines if line.new):
        zone = zone or find_zone(session)
        name = (Sum.BOOKED, entry.currency, entry.type)
        row = sums.setdefault((entry.created.astimezone(zone).date(), name), Counter())
        row.update(count=1, amount=entry.amount, fee=entry.fee)
    if sums:
        _add(session, sums)
    count_album_income(session, ((line.purchase, line.entry) for line in lines if line.purchase is not None))


def count_downloads(session: Session, name: str, count: int, now: datetime) -> None:
    """Of a file that so many purchases fetched for the first time today; `name` is "flac", "flac.3", ..."""
    format = name.partition(".")[0].partition("@")[0]
    day = now.astimezone(find_zone(session)).date()
    _add(session, {(day, (Sum.FORMAT, NO_CURRENCY, format)): Counter(count=count)})


def find_zone(session: Session) -> ZoneInfo:
    """Whose days the sums have. It stays so until this step ends."""
    return ZoneInfo(session.scalars(select(TotalsZone.name).with_for_update(read=True)).one())


def rows_of(sums: Sums) -> Iterator[dict[str, Any]]:
    """Rows of the table, the months' with them."""
    months = Sums()
    for (day, name), values in sums.items():
        yield _row(Span.DAY, day, name, values)
        if name[0] != Sum.BOOKED:
            months.setdefault((day.replace(day=1), name), Counter()).update(values)
    for (month, name), values in months.items():
        yield _row(Span.MONTH, month, name, values)


def _row(span: Span, begins: date, name: Name, values: Counter[str]) -> dict[str, Any]:
    kind, currency, own = name
    numbers = {column: values[column] for column in ("count", "amount", "fee")}
    return {"kind": kind, "span": span, "begins": begins, "currency": currency, "name": own, **numbers}


def _amount(name: Name, amount: int) -> int:
    return 0 if name[1] == NO_CURRENCY else amount


def _add(session: Session, sums: Sums) -> None:
    add_to(session, Total, list(rows_of(sums)))
