"""A list of sales, as another platform exports it -> the sales of albums in it, and what of it is none."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from storefront.media.tags import clean_text
from storefront.services.accounts.addresses import BadEmail, parse_email
from storefront.services.library.past_sales.columns import UnknownColumns, find_columns

LARGEST = 50_000_000
MOST_ROWS = 500_000

#: Kinds of item that are no album: they are counted, not complained of.
NO_ALBUMS = frozenset({"track", "payout", "subscription", "account", "tip", "ticket", "merch", "gift card"})
TAKEN_BACK = re.compile(r"refund|reversal|chargeback|void|cancel|disputed", re.IGNORECASE)
_YES = frozenset({"1", "yes", "true", "y"})
_NUMBER = re.compile(r"-?[\d.,]*\d")


class BadSalesFile(Exception):
    """The whole file cannot be read; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Sale:
    """A line that sold an album; `row` counts from 1 at the header, as a spreadsheet does."""

    row: int
    email: str
    title: str
    #: "" where the list has no such column.
    artist: str
    transaction: str
    #: None where it cannot be read.
    sold_at: datetime | None


@dataclass(frozen=True, slots=True)
class BadRow:
    row: int
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Sales:
    """What was read. `other` counts rows that are no albums, by their kind ("track", "payout", "taken back")."""

    sales: list[Sale]
    bad_rows: list[BadRow]
    other: Counter[str]


def read_sales(data: bytes) -> Sales:
    """Reads CSV with commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1252. Raises BadSalesFile."""
    if len(data) > LARGEST:
        raise BadSalesFile(f"It is larger than {LARGEST // 1_000_000} MB.")
    rows = _rows(_text(data))
    try:
        header = next(rows, None)
        if header is None:
            raise BadSalesFile("It is empty.")
        columns = find_columns(header)
        return _sales(rows, columns)
    except UnknownColumns as error:
        words = " and ".join(f"the buyer's {field}" if field == "email" else f"the {field}" for field in error.missing)
        raise BadSalesFile(
            f"No column seems to be {words}; name the columns, for example, email, album, artist, date. "
            f"It has: {clean_text(', '.join(error.header))}"
        ) from None
    except csv.Error as error:
        raise BadSalesFile(f"It is not CSV: {error}.") from None


def _text(data: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if data[1:2] == b"\0" or data[:1] == b"\0":
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _rows(text: str) -> Iterator[list[str]]:
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    return csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator)


def _sales(rows: Iterator[list[str]], columns: dict[str, int]) -> Sales:
    sales: list[Sale] = []
    bad: list[BadRow] = []
    other: Counter[str] = Counter()
    taken_back: Counter[tuple[str, str, str]] = Counter()
    for number, row in enumerate(rows, 2):
        if number > MOST_ROWS:
            raise BadSalesFile(f"It has more than {MOST_ROWS:,} rows.")
        if not any(map(str.strip, row)):
            continue
        fields = {field: row[place].strip() for field, place in columns.items() if place < len(row)}
        kind = fields.get("kind", "").casefold()
        if kind in NO_ALBUMS:
            other[kind] += 1
            continue
        try:
            sale = _sale(number, fields)
        except ValueError as error:
            bad.append(BadRow(number, str(error)))
            continue
        if _is_taken_back(kind, fields):
            taken_back[_same(sale)] += 1
            other["taken back"] += 1
        else:
            sales.append(sale)
    return Sales(list(_without(sales, taken_back)), bad, other)


def _sale(number: int, fields: dict[str, str]) -> Sale:
    """Raises ValueError with the reason."""
    if not fields.get("email"):
        raise ValueError("it has no e-mail address")
    if not clean_text(fields.get("album", "")):
        raise ValueError("it names no album")
    try:
        email = parse_email(fields["email"])
    except BadEmail:
        raise ValueError(f"{fields['email'][:100]!r} is no e-mail address") from None
    return Sale(
        row=number,
        email=email,
        title=clean_text(fields["album"]),
        artist=clean_text(fields.get("artist", "")),
        transaction=clean_text(fields.get("transaction", "")),
        sold_at=read_date(fields.get("date", "")),
    )


def _is_taken_back(kind: str, fields: dict[str, str]) -> bool:
    if TAKEN_BACK.search(kind) or TAKEN_BACK.match(fields.get("status", "")):
        return True
    if fields.get("refunded", "").casefold() in _YES:
        return True
    number = _NUMBER.search(fields.get("amount", ""))
    return number is not None and number[0].startswith("-")


def _same(sale: Sale) -> tuple[str, str, str]:
    return sale.email, sale.title.casefold(), sale.artist.casefold()


def _without(sales: Sequence[Sale], taken_back: Counter[tuple[str, str, str]]) -> Iterator[Sale]:
    """The sales but for those that another row takes back."""
    left = Counter(taken_back)
    for sale in sales:
        if left[_same(sale)]:
            left[_same(sale)] -= 1
        else:
            yield sale


_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    # Bandcamp's, in the American order.
    "%m/%d/%y %I:%M%p",
    "%m/%d/%Y %I:%M%p",
    "%m/%d/%y %H:%M",
    "%m/%d/%Y %H:%M",
    "%m/%d/%y",
    "%m/%d/%Y",
    "%d %b %Y %H:%M:%S",
    "%d %B %Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d/%m/%Y",
)


def read_date(text: str) -> datetime | None:
    """A date as exports write it, in UTC; None for what is none."""
    text = re.sub(r"\s+(?:GMT|UTC)$", "", text.strip())
    found: datetime | None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = _by_format(text)
    if found is None or not 1980 <= found.year <= 2200:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _by_format(text: str) -> datetime | None:
    for form in _FORMATS:
        try:
            return datetime.strptime(text.upper() if "%p" in form else text, form)
        except ValueError:
            continue
    return None
