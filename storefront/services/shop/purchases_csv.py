"""Purchases as a table for whoever keeps the books: CSV, a line for each, safe to open in a spreadsheet.

https://www.rfc-editor.org/rfc/rfc4180, https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import Session

from storefront.models import Album, AlbumPurchase, end_reading
from storefront.money import Balance, plain
from storefront.services.shop.access_paths import wished
from storefront.services.shop.purchases import find_books
from storefront.services.shop.wishes import Wish

P = AlbumPurchase
#: Lines that are read at once: what is in memory does not grow with the table.
BATCH = 1000
COLUMNS = (
    "order", "begun_utc", "paid_utc", "paid_local", "state", "channel", "artist", "album", "email", "country",
    "currency", "gross", "tax", "refunded", "booked_currency", "fee", "net", "stripe_payment", "stripe_charge",
)  # fmt: skip
#: What makes a formula of a cell.
FORMULA = frozenset("=+-@\t\r")

_ROWS = select(
    P.id, P.public_id, P.created, P.paid_at, type_coerce(P.state, String), type_coerce(P.channel, String),
    Album.artist_credit, Album.title, P.email, P.card_country, P.currency, P.amount, P.tax_amount, P.refunded,
    P.stripe_payment_id, P.stripe_charge_id,
).join(Album, Album.id == P.album_id)  # fmt: skip


def write_purchases(session: Session, wish: Wish, zone: ZoneInfo, target: TextIO) -> None:
    """All that is wished, in UTF-8 with the mark that spreadsheets know it by; `zone` is what is local.

    Amounts have a point and the currency's decimals. `fee` and `net` are what Stripe has booked until now, refunds and
    disputes with them, in the currency that it pays out; they are empty before it has.
    """
    target.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    table = csv.writer(target)
    table.writerow(COLUMNS)
    rows = session.execute(wished(session, _ROWS, wish).execution_options(yield_per=BATCH))
    for batch in rows.partitions():
        books = find_books(session, [row.id for row in batch])
        table.writerows([_line(row, zone, *books.get(row.id, (None, None))) for row in batch])
    end_reading(session)


def _line(row: Any, zone: ZoneInfo, fee: Balance | None, net: Balance | None) -> tuple[object, ...]:
    """The values of COLUMNS. There may be a million lines: they are written quickly."""
    _, order, created, paid, state, channel, artist, title, email, country, money, *amounts, payment, charge = row
    gross, tax, refunded = amounts
    return (
        order, str(created)[:19], paid and str(paid)[:19], paid and paid.astimezone(zone).isoformat(" ", "seconds"),
        state, channel, _safe(artist), _safe(title), _safe(email), country, money.upper(),
        plain(gross, money), plain(tax, money), plain(refunded, money),
        fee and fee.currency.upper(), fee and plain(fee.amount, fee.currency), net and plain(net.amount, net.currency),
        payment, charge,
    )  # fmt: skip


def _safe(words: str) -> str:
    """Words that a spreadsheet would take for a formula begin with an apostrophe."""
    return f"'{words}" if words[:1] in FORMULA else words
