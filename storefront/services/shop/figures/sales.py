"""How many purchases and buyers there were in some days, and what sold best; from the sums by day and month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from storefront.models import Album, AlbumPurchase, Channel, Span, Sum, Total
from storefront.money import Balance
from storefront.services.shop.figures.periods import Period

#: How many of the best are shown.
BEST = 10
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sales:
    """Whatever they were paid in; a buyer is an e-mail address."""

    purchases: int
    #: Of them.
    free: int
    buyers: int
    #: Of the buyers: had never paid before.
    new: int


@dataclass(frozen=True, slots=True)
class Best:
    """An album's sales in one currency, at the prices that were paid."""

    public_id: str
    title: str
    count: int
    paid: Balance


def read_sales(session: Session, period: Period, zone: ZoneInfo, today: date) -> Sales:
    """Of these days in the zone of the sums."""
    rows = _sums(period, today, Sum.SOLD, Sum.AGAIN)
    counts = (
        select(rows.c.kind, rows.c.name, func.sum(rows.c["count"]))
        .where((rows.c.kind == Sum.SOLD) | (rows.c.name < f"{period.since:%Y-%m}"))
        .group_by(rows.c.kind, rows.c.name)
    )
    found = {(kind, name): int(count) for kind, name, count in session.execute(counts)}
    sold = {name: count for (kind, name), count in found.items() if kind == Sum.SOLD}
    earlier = sum(count for (kind, _), count in found.items() if kind == Sum.AGAIN)
    return Sales(
        purchases=sum(sold.values()),
        free=sold.get(Channel.FREE, 0),
        buyers=earlier + _last_bought_that_month(session, period, zone),
        new=found.get((Sum.AGAIN, ""), 0),
    )


def _last_bought_that_month(session: Session, period: Period, zone: ZoneInfo) -> int:
    """Each buyer is counted at the first purchase of these days: the one whose last before it was before them.

    The sums know the month of that one; of the month that these days begin in, its purchases are asked. Only what was
    paid has anything in `bought_before`; to ask for the state too would lead SQLite to the index of all that is paid.
    """
    if period.since.day == 1:
        return 0
    begin, end = period.bounds(zone)
    month, _ = Period(period.since.replace(day=1), period.since).bounds(zone)
    bought = AlbumPurchase.bought_before
    return (
        session.scalar(
            select(func.count()).where(
                bought >= month,
                bought < begin,
                AlbumPurchase.paid_at >= begin,
                AlbumPurchase.paid_at < end,
            )
        )
        or 0
    )


def best_albums(session: Session, period: Period, today: date) -> list[Best]:
    """Those that were bought most often."""
    rows = session.execute(_best(Sum.ALBUM, period, today, by_currency=True)).all()
    wanted = select(Album.id, Album.public_id, Album.title).where(Album.id.in_([int(name) for name, *_ in rows]))
    albums = {str(row.id): row for row in session.execute(wanted)} if rows else {}
    return [
        Best(albums[name].public_id, albums[name].title, int(count), Balance(int(amount), currency))
        for name, currency, count, amount in rows
        if name in albums
    ]


def best_names(session: Session, kind: Sum, period: Period, today: date) -> Sequence[tuple[str, int]]:
    """The names of sums with the highest counts, and the counts: countries, formats, referrers."""
    return [(name, int(count)) for name, count, _ in session.execute(_best(kind, period, today))]


def _best(kind: Sum, period: Period, today: date, *, by_currency: bool = False) -> Any:
    rows = _sums(period, today, kind)
    names = (rows.c.name, rows.c.currency) if by_currency else (rows.c.name,)
    count = func.sum(rows.c["count"]).label("count")
    best = select(*names, count, func.sum(rows.c.amount).label("amount")).group_by(*names)
    return best.order_by(count.desc(), *names).limit(BEST)


def _sums(period: Period, today: date, *kinds: Sum) -> Any:
    """The rows that make up these days: whole months' own, and those of the days around them."""
    months = period.whole_months(today)
    parts = [(Span.DAY, period)] if months is None else [
        (Span.DAY, Period(period.since, months.since - _DAY)),
        (Span.MONTH, months),
        (Span.DAY, Period(months.until + _DAY, period.until)),
    ]  # fmt: skip
    columns = select(Total.kind, Total.name, Total.currency, Total.count, Total.amount)
    rows = [
        columns.where(Total.kind.in_(kinds), Total.span == span, Total.begins >= days.since, Total.begins <= days.until)
        for span, days in parts
        if days is period or days.days > 0
    ]
    return union_all(*rows).subquery()
