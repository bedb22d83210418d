"""Counts the sums again from the ledger and the purchases, and mends what differs; also for another time zone.

A month at a time; while one is mended, nobody adds to any. Formats are left: the log of downloads forgets.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from storefront.models import (
    AlbumPurchase,
    Channel,
    LedgerEntry,
    PurchaseState,
    Sum,
    Total,
    TotalsZone,
    end_reading,
    writing,
)
from storefront.money import NO_CURRENCY
from storefront.services.shop.figures.counting import Sums, rows_of, sale_names
from storefront.services.shop.figures.periods import Period, month_after

P = AlbumPurchase
#: From the first row of a purchase to its payment it is never longer.
LONGEST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Difference:
    """A sum that is not what its rows come to: how many, amount, fee."""

    kind: str
    span: str
    begins: date
    currency: str
    name: str
    kept: tuple[int, int, int]
    counted: tuple[int, int, int]

    def __str__(self) -> str:
        where = f"{self.kind} {self.name or '-'} {self.currency}, {self.span} of {self.begins}"
        return f"{where}: kept {_words(self.kept)}, counted {_words(self.counted)}"


def recount(
    session: Session, zone: ZoneInfo, since: date | None = None, *, check: bool = False
) -> Iterator[Difference]:
    """Counts all again, or the months since a day -> what differs, mended unless it is to `check`.

    Counting all also finds anew when each buyer had bought before: a purchase may have been written down late, or its
    address corrected. Where the sums are of the days of another zone than `zone`, all are replaced in one step.
    """
    if since is None and not check:
        _link_purchases(session)
    kept = session.scalars(select(TotalsZone.name)).one()
    months = list(_months(session, zone, since))
    end_reading(session)
    if kept != zone.key and not check:
        with writing(session):  # step: all sums are of the days of another zone
            session.execute(_HELD)
            session.execute(update(TotalsZone).values(name=zone.key))
            for month in _months(session, zone, None):
                _replace(session, zone, month)
        return
    zone = ZoneInfo(kept)
    for month in months:
        session.execute(_HELD)
        found = _differences(session, zone, month)
        end_reading(session)
        if found and not check:
            with writing(session):  # step: a month's sums are what its rows come to
                session.execute(_HELD)
                _replace(session, zone, month)
        yield from found


def _link_purchases(session: Session) -> None:
    paid = (P.state == PurchaseState.PAID, P.channel != Channel.IMPORT)
    one_before = func.lag(P.paid_at).over(partition_by=P.email, order_by=(P.paid_at, P.id))
    line = select(P.id, one_before.label("before")).where(*paid).subquery()
    wrong = (P.id == line.c.id, P.bought_before.is_distinct_from(line.c.before))
    with writing(session):  # step: when each buyer had bought before
        session.execute(
            update(P).where(*wrong).values(bought_before=line.c.before).execution_options(synchronize_session=False)
        )


#: Until the transaction ends nobody adds to the sums.
_HELD = select(TotalsZone.id).with_for_update()


def _months(session: Session, zone: ZoneInfo, since: date | None) -> Iterator[Period]:
    """From the first thing that was booked, sold or summed to the last."""
    ends = [func.min(LedgerEntry.created), func.max(LedgerEntry.created), func.min(P.created), func.max(P.created)]
    moments = [moment for column in ends if (moment := session.scalar(select(column)))]
    days = [moment.astimezone(zone).date() for moment in moments]
    days += [
        day for column in (func.min(Total.begins), func.max(Total.begins)) if (day := session.scalar(select(column)))
    ]
    if not days:
        return
    month, last = max(min(days), since or date.min).replace(day=1), month_after(max(days) + LONGEST)
    while month < last:
        yield Period(month, month_after(month) - timedelta(days=1))
        month = month_after(month)


def _counted(session: Session, zone: ZoneInfo, month: Period) -> Sums:
    """What the rows of a month come to."""
    sums, (begin, end) = Sums(), month.bounds(zone)

    def add(at: datetime, name: tuple[Sum, str, str], amount: int, fee: int = 0) -> None:
        row = sums.setdefault((at.astimezone(zone).date(), name), Counter())
        row.update(count=1, amount=amount, fee=fee)

    entry = LedgerEntry
    booked = select(entry.created, entry.currency, entry.type, entry.amount, entry.fee)
    for created, currency, kind, amount, fee in session.execute(
        booked.where(entry.created >= begin, entry.created < end)
    ):
        add(created, (Sum.BOOKED, currency, kind), amount, fee)
    paid = select(
        P.paid_at, P.bought_before, P.amount, P.currency, P.channel, P.album_id, P.card_country, P.referrer_host
    ).where(P.state == PurchaseState.PAID, P.channel != Channel.IMPORT, P.paid_at >= begin, P.paid_at < end)
    for row in session.execute(paid.where(P.created >= begin - LONGEST, P.created < end)):
        before = row.bought_before.astimezone(zone).strftime("%Y-%m") if row.bought_before else ""
        names = sale_names(row.currency, row.channel, before, row.album_id, row.card_country, row.referrer_host)
        for name in names:
            add(row.paid_at, name, 0 if name[1] == NO_CURRENCY else row.amount)
    return sums


def _differences(session: Session, zone: ZoneInfo, month: Period) -> list[Difference]:
    counted = {_key(row): _numbers(row) for row in rows_of(_counted(session, zone, month))}
    columns = Total.__table__.columns
    kept_rows = session.execute(select(*columns).where(*_of(month))).mappings()
    kept = {_key(dict(row)): _numbers(dict(row)) for row in kept_rows}
    nothing = (0, 0, 0)
    return [
        Difference(*key, kept.get(key, nothing), counted.get(key, nothing))
        for key in sorted(counted.keys() | kept.keys())
        if kept.get(key) != counted.get(key)
    ]


def _replace(session: Session, zone: ZoneInfo, month: Period) -> None:
    session.execute(delete(Total).where(*_of(month)))
    if rows := list(rows_of(_counted(session, zone, month))):
        session.execute(insert(Total), rows)


def _of(month: Period) -> tuple[Any, ...]:
    return Total.kind != Sum.FORMAT, Total.begins >= month.since, Total.begins <= month.until


def _key(row: Mapping[str, Any]) -> tuple[str, str, date, str, str]:
    return row["kind"], row["span"], row["begins"], row["currency"], row["name"]


def _numbers(row: Mapping[str, Any]) -> tuple[int, int, int]:
    return row["count"], row["amount"], row["fee"]


def _words(numbers: tuple[int, int, int]) -> str:
    count, amount, fee = numbers
    return f"{count} of {amount}, fees {fee}"
