"""The shop as its visitors see it, read in one go."""

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, select

from storefront.models import ShopSettings, ShopText, TextKind


class Link(NamedTuple):
    """In the foot of every page."""

    words: str
    url: str


class Sender(NamedTuple):
    """Who the mails are from. Without an address none is sent."""

    name: str
    address: str

    @classmethod
    def parse(cls, text: str) -> "Sender":
        """Of "Name <address>"."""
        return cls(*parseaddr(text))


class Colours(NamedTuple):
    """The accent as "#rrggbb": on light paper and the label on it, on dark paper and the label on it."""

    light: str
    on_light: str
    dark: str
    on_dark: str


class Logo(NamedTuple):
    """A PNG in the storage; `width` and `height` in pixels."""

    digest: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Preset:
    """What holds while the desk says nothing, and whether it holds whatever the desk says."""

    name: str
    name_fixed: bool
    sender: Sender
    sender_fixed: bool


@dataclass(frozen=True, slots=True)
class Shop:
    """`version` is that of ShopSettings, 0 before anything was read."""

    version: int
    name: str
    sender: Sender
    links: tuple[Link, ...] = ()
    #: The pages that have words, in the order of TextKind.
    texts: tuple[TextKind, ...] = ()
    accent: Colours | None = None
    logo: Logo | None = None
    #: Small letters, as the tables have them; None is any.
    currencies: tuple[str, ...] | None = None


_TABLE = ShopSettings.__table__
_ROW = select(_TABLE)
_NEWEST = select(func.max(ShopText.id)).group_by(ShopText.kind)
_TEXTS = select(ShopText.kind).where(ShopText.id.in_(_NEWEST), ShopText.words != "")


def unread(preset: Preset) -> Shop:
    """As far as it is known without the database."""
    return Shop(0, preset.name, preset.sender)


def read_shop(connection: Connection, preset: Preset) -> Shop:
    """As it is now."""
    row = connection.execute(_ROW).one()
    texts = set(connection.scalars(_TEXTS))
    return Shop(
        version=row.version,
        name=row.name if row.name and not preset.name_fixed else preset.name,
        sender=_sender(row, preset),
        links=tuple(Link(*link) for link in row.links),
        texts=tuple(kind for kind in TextKind if kind in texts),
        accent=Colours(*row.accent.split()) if row.accent else None,
        logo=Logo(row.logo_digest, row.logo_width, row.logo_height) if row.logo_digest else None,
        currencies=row.currencies or None,
    )


def _sender(row: Row[Any], preset: Preset) -> Sender:
    if row.sender_address and not preset.sender_fixed:
        return Sender(row.sender_name or "", row.sender_address)
    return preset.sender
