"""Which column of a list of sales is which, by its name.

Known: the columns of Bandcamp's sales report (its "raw data"), Gumroad's
and Shopify's exports; of others the names that anybody would give.
"""

import re
from collections.abc import Sequence

NAMES = {
    "email": (
        "buyer email",
        "purchase email",
        "customer email",
        "billing email",
        "recipient email",
        "email address",
        "email",
        "mail",
        "fan email",
        "buyer",
        "customer",
    ),
    "album": (
        "item name",
        "album title",
        "album name",
        "album",
        "release title",
        "release",
        "product name",
        "product title",
        "lineitem name",
        "product",
        "item title",
        "item",
        "title",
    ),
    "artist": ("artist", "artist name", "album artist", "artists", "band"),
    "kind": ("item type", "product type", "type"),
    "date": (
        "date",
        "sale date",
        "purchase date",
        "order date",
        "transaction date",
        "paid at",
        "created at",
        "purchased at",
        "sold at",
    ),
    "transaction": (
        "bandcamp transaction id",
        "transaction id",
        "purchase id",
        "order id",
        "order number",
        "sale id",
        "transaction",
        "order",
        "id",
    ),
    "amount": ("item total", "sub total", "item price", "net amount", "total", "amount", "price"),
    "status": ("financial status", "payment status", "status"),
    "refunded": ("refunded", "fully refunded"),
}
"""Our field -> the names of columns that hold it, the surest first."""

NEEDED = ("email", "album")


class UnknownColumns(Exception):
    """The file has no column that could be one of those needed; `missing` are our fields."""

    def __init__(self, missing: Sequence[str], header: Sequence[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing
        self.header = header


def find_columns(header: Sequence[str]) -> dict[str, int]:
    """Our field -> the number of its column, for those that are there. Raises UnknownColumns."""
    places: dict[str, int] = {}
    for number, name in enumerate(header):
        places.setdefault(_plain(name), number)
    found = {
        field: next(places[name] for name in names if name in places)
        for field, names in NAMES.items()
        if any(name in places for name in names)
    }
    if missing := [field for field in NEEDED if field not in found]:
        raise UnknownColumns(missing, header)
    return found


def _plain(name: str) -> str:
    """ "Buyer_E-Mail" as "buyer email"."""
    return " ".join(re.findall(r"[a-z0-9]+", name.casefold())).replace("e mail", "email")
