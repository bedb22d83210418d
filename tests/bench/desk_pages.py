"""The pages of the desk that are measured, each for rows all over a large shop."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from sqlalchemy import Engine, func, select

from storefront.models import DECIDED, AlbumPurchase, Dispute, Refund, make_engine
from storefront.services.catalogue.editing.stock import StockOrder

#: So many rows each page is asked for with.
ROWS = 20
P = AlbumPurchase
#: Of many albums, of few, of none.
WORDS = ["garden", "quiet", "quist", "ünal", "Slow Hours", "last letter", "zzz", "a", "paper lanterns", "low sun"]


@dataclass(frozen=True, slots=True)
class Case:
    """Addresses of one kind; `most` is what each may take, in milliseconds."""

    name: str
    paths: Sequence[str]
    most: float


def cases(url: str) -> tuple[list[Case], dict[str, str]]:
    """Pages, and tables for a spreadsheet by their names."""
    engine = make_engine(url)
    rows = _rows(engine)
    made = [
        *_overviews(),
        *_lists(engine, rows),
        *_found(engine, rows),
        _one("one purchase", rows),
        *_others(engine, rows),
    ]
    engine.dispose()
    return made, _tables()


def _overviews() -> list[Case]:
    """By days until today; and days of long ago that begin and end within a month."""
    asked = [{"days": str(days)} for days in (1, 7, 30, 365)]
    asked.append({"since": f"{datetime.now(UTC).year - 2}-03-14", "until": f"{datetime.now(UTC).year - 1}-03-15"})
    return [Case(f"overview, {' '.join(one.values())}", [f"/admin?{urlencode(one)}"] * 5, 60) for one in asked]


def _rows(engine: Engine) -> list[AlbumPurchase]:
    """Paid ones from all times, the oldest first."""
    chance = random.Random(5)
    with engine.connect() as connection:
        last = connection.scalar(select(func.max(P.id))) or 0
        numbers = sorted(chance.randrange(1, last) for _ in range(ROWS * 3))
        paid = select(P).where(P.id.in_(numbers), P.stripe_charge_id.is_not(None)).order_by(P.id).limit(ROWS)
        return list(connection.execute(paid).all())  # type: ignore[arg-type]  # rows with the same names


def _list(**asked: str) -> str:
    return f"/admin/purchases?{urlencode(asked)}"


def _lists(engine: Engine, rows: list[AlbumPurchase]) -> list[Case]:
    depths = [row.public_id for row in rows]
    with engine.connect() as connection:
        album = connection.scalar(select(func.min(P.album_id)))
    album_id = f"{album:032x}"
    day = rows[len(rows) // 2].created
    days = {"since": f"{day:%Y-%m-%d}", "until": f"{day + timedelta(days=30):%Y-%m-%d}"}
    year = {"since": f"{day.year - 1}-01-01", "until": f"{day.year - 1}-12-31"}
    asked: dict[str, dict[str, str]] = {
        "newest": {},
        "oldest": {"sort": "oldest"},
        "most": {"sort": "most"},
        "paid": {"state": "paid"},
        "paid, in euros": {"state": "paid", "currency": "eur"},
        "unpaid": {"state": "unpaid"},
        "checking": {"state": "checking"},
        "canceled": {"state": "canceled"},
        "canceled, the highest first": {"state": "canceled", "sort": "most"},
        "refunded": {"state": "refunded"},
        "partly refunded": {"state": "partly refunded"},
        "disputed": {"state": "disputed"},
        "from elsewhere": {"state": "elsewhere"},
        "refunded, an album's": {"state": "refunded", "album": album_id},
        "of an album": {"album": album_id},
        "of an album, the highest first": {"album": album_id, "sort": "most"},
        "in dollars": {"currency": "usd"},
        "in dollars, the highest first": {"currency": "usd", "sort": "most"},
        "in dollars, 20 or more": {"currency": "usd", "least": "20.00"},
        "a month": days,
        "a month, the highest first": days | {"sort": "most"},
        "a month, paid in euros, the lowest first": days | {"state": "paid", "currency": "eur", "sort": "least"},
        "a month, canceled": days | {"state": "canceled"},
        "a month, of an album": days | {"album": album_id},
        "a year, the highest first": year | {"sort": "most"},
        "a year, unpaid, the highest first": year | {"state": "unpaid", "sort": "most"},
    }
    first = [Case("list, first page", [_list()] * 5, 20)]
    return first + [
        Case(f"list, {name}, at any depth", [_list(**wish, before=depth) for depth in depths], 20)
        for name, wish in asked.items()
    ]


def _found(engine: Engine, rows: list[AlbumPurchase]) -> list[Case]:
    with engine.connect() as connection:
        refunds = connection.scalars(select(Refund.stripe_refund_id).limit(ROWS)).all()
        disputes = connection.scalars(select(Dispute.stripe_dispute_id).limit(ROWS)).all()
    by = {
        "an e-mail address": [row.email for row in rows],
        "an address that is none": [f"x{row.email}" for row in rows],
        "an order": [row.public_id for row in rows],
        "a payment": [str(row.stripe_payment_id) for row in rows],
        "a charge": [str(row.stripe_charge_id) for row in rows],
        "a refund": [str(name) for name in refunds],
        "a dispute": [str(name) for name in disputes],
        "four digits": [str(row.card_last4) for row in rows],
    }
    return [
        *(Case(f"search, {name}", [_list(q=word) for word in asked], 20) for name, asked in by.items()),
        Case("search, a word of albums", [_list(q=word) for word in WORDS], 100),
        Case("search, a word, the highest first", [_list(q=word, sort="most") for word in WORDS], 100),
        Case("search, a word, refunded", [_list(q=word, state="refunded") for word in WORDS], 100),
    ]


def _one(name: str, rows: list[AlbumPurchase]) -> Case:
    return Case(name, [f"/admin/purchases/{row.public_id}" for row in rows], 20)


def _others(engine: Engine, rows: list[AlbumPurchase]) -> list[Case]:
    """The lists of people, disputes and music."""
    with engine.connect() as connection:
        decided = select(Dispute.stripe_dispute_id).where(Dispute.status.in_(DECIDED)).limit(ROWS)
        disputes = connection.scalars(decided).all()
    emails = [row.email for row in rows]
    stock = [{"sort": order.value, "page": page} for order in StockOrder for page in ("1", "20")]
    asked = {
        "customers, who bought last, at any depth": [("customers", {"before": email}) for email in emails],
        "customers, by address, at any depth": [("customers", {"sort": "name", "before": email}) for email in emails],
        "customers, by the beginning": [("customers", {"q": email[:length]}) for email in emails for length in (1, 4)],
        "disputes": [("disputes", {})] * 5,
        "disputes, at any depth": [("disputes", {"before": str(name)}) for name in disputes],
        "albums, in any order": [("albums", wish) for wish in stock],
        "albums, by a word": [("albums", {"q": word}) for word in WORDS],
        "artists": [("artists", {})] * 5,
        "mails": [("mails", {})] * 5,
        "jobs": [("jobs", {})] * 5,
    }
    people = [Case("one customer", [f"/admin/customers/{quote(email)}" for email in emails], 20)]
    return people + [
        Case(name, [f"/admin/{page}?{urlencode(wish)}" for page, wish in pages], 20) for name, pages in asked.items()
    ]


def _tables() -> dict[str, str]:
    year = datetime.now(UTC).year - 1
    asked = {
        "a month": {"since": f"{year}-03-01", "until": f"{year}-03-31"},
        "a year": {"since": f"{year}-01-01", "until": f"{year}-12-31"},
        "a year, what was paid in euros": {
            "since": f"{year}-01-01",
            "until": f"{year}-12-31",
            "state": "paid",
            "currency": "eur",
        },
        "everything": {},
    }
    return {name: f"/admin/purchases.csv?{urlencode(wish)}" for name, wish in asked.items()}
