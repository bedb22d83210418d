"""Purchases as a table for whoever keeps the books: CSV, a line for each, safe to open in a spreadsheet.

https://www.rfc-editor.org/rfc/rfc4180, https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import Album, AlbumPurchase, end_reading
from storefront.money import Balance, Money
from storefront.services.shop.purchases import Wish, find_books, wished

P = AlbumPurchase
#: Lines that are read at once: what is in memory does not grow with the table.
BATCH = 1000
COLUMNS = (
    "order", "begun_utc", "paid_utc", "paid_local", "state", "channel", "artist", "album", "email", "country",
    "currency", "gross", "tax", "refunded", "booked_currency", "fee", "net", "stripe_payment", "stripe_charge",
)  # fmt: skip
#: What makes a formula of a cell.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

_ROWS = select(
    P.id, P.public_id, P.created, P.paid_at, P.state, P.channel, Album.artist_credit, Album.title, P.email,
    P.card_country, P.currency, P.amount, P.tax_amount, P.refunded, P.stripe_payment_id, P.stripe_charge_id,
).join(Album, Album.id == P.album_id)  # fmt: skip


def write_purchases(session: Session, wish: Wish, zone: ZoneInfo, target: TextIO) -> None:
    """All that is wished, in UTF-8 with the mark that spreadsheets know it by; `zone` is what is local.

    Amounts have a point and the currency's decimals. `fee` and `net` are what Stripe has booked until now, refunds and
    disputes with them, in the currency that it pays out; they are empty before it has.
    """
    target.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    table = csv.writer(target)
    table.writerow(COLUMNS)
    rows = session.execute(wished(_ROWS, wish).execution_options(yield_per=BATCH))
    for batch in rows.partitions():
        books = find_books(session, [row.id for row in batch])
        table.writerows([_cell(value) for value in _line(row, zone, books.get(row.id))] for row in batch)
    end_reading(session)


def _line(row: Any, zone: ZoneInfo, booked: tuple[Balance, Balance] | None) -> Iterator[object]:
    """The values of COLUMNS."""
    yield from (row.public_id, _utc(row.created), _utc(row.paid_at))
    yield row.paid_at.astimezone(zone).isoformat(" ", "seconds") if row.paid_at else None
    yield from (row.state.value, row.channel.value, row.artist_credit, row.title, row.email, row.card_country)
    yield row.currency.upper()
    yield from (Money(amount, row.currency).decimal for amount in (row.amount, row.tax_amount, row.refunded))
    fee, net = booked or (None, None)
    yield from (fee and fee.currency.upper(), fee and fee.decimal, net and net.decimal)
    yield from (row.stripe_payment_id, row.stripe_charge_id)


def _utc(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else None


def _cell(value: object) -> object:
    """Words that a spreadsheet would take for a formula begin with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
