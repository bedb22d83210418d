"""What an admin wishes to see of the purchases, and which rows that is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, text, union_all
from sqlalchemy.orm import aliased

from storefront.models import CHECKING, Album, AlbumPurchase, Channel, Dispute, PurchaseState, Refund

P = AlbumPurchase
#: The same, made once: statements of new ones would be compiled again for each page.
_CARD, _ALBUM = aliased(P), aliased(P)
BEGUN = (PurchaseState.CREATED, PurchaseState.OPEN)
WAITING = (PurchaseState.CONFIRMING, PurchaseState.ACTION_REQUIRED, PurchaseState.PROCESSING)


class Condition(StrEnum):
    """One word for how a purchase stands; "elsewhere" is what another platform sold: no money of this shop's."""

    PAID = "paid"
    CHECKING = "checking"
    UNPAID = "unpaid"
    CANCELED = "canceled"
    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly refunded"
    DISPUTED = "disputed"
    ELSEWHERE = "elsewhere"


class Order(StrEnum):
    """Of the list. By amount those of one currency stand together: amounts of two are not compared."""

    NEWEST = "newest"
    OLDEST = "oldest"
    MOST = "most"
    LEAST = "least"

    @property
    def by_amount(self) -> bool:
        return self in (Order.MOST, Order.LEAST)

    @property
    def falling(self) -> bool:
        return self in (Order.NEWEST, Order.MOST)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `words` is an address, a name of Stripe's or of ours, four digits, or words of an album."""

    words: str = ""
    condition: Condition | None = None
    #: An album's public id.
    album: str = ""
    currency: str = ""
    #: Begun at this time or later, and before that one.
    since: datetime | None = None
    until: datetime | None = None
    #: In Stripe's units of `currency`.
    least: int | None = None
    most: int | None = None
    order: Order = Order.NEWEST
    #: The public id of the last line of the page before.
    before: str = ""


@dataclass(frozen=True, slots=True)
class Restrictions:
    """What the rows must be, by what says so: all of them together are the wish."""

    #: Of what only few have.
    name: tuple[Any, ...]
    condition: tuple[Any, ...]
    albums: tuple[Any, ...]
    days: tuple[Any, ...]
    money: tuple[Any, ...]


def restrictions(wish: Wish) -> Restrictions:
    """Of the wish."""
    name = _name(wish.words) if wish.words else None
    return Restrictions(
        name=() if name is None else (name,),
        condition=_IS[wish.condition] if wish.condition else (),
        albums=tuple(_of_albums(wish, words=name is None)),
        days=tuple(_begun(wish)),
        money=tuple(_worth(wish)),
    )


#: Literal, so that SQLite knows its partial indexes again.
_REFUNDED, _UNREFUNDED = text("album_purchase.refunded > 0"), P.refunded == 0
_DISPUTED, _UNDISPUTED = text("album_purchase.dispute <> 'none'"), P.dispute == "none"
_HERE = (_UNREFUNDED, _UNDISPUTED, P.channel != Channel.IMPORT)
_IS: dict[Condition, tuple[Any, ...]] = {
    Condition.PAID: (P.state == PurchaseState.PAID, *_HERE),
    Condition.CHECKING: (text(f"album_purchase.{CHECKING}"), *_HERE),
    Condition.UNPAID: (P.state.in_(BEGUN), *_HERE),
    Condition.CANCELED: (P.state == PurchaseState.CANCELED, *_HERE),
    Condition.REFUNDED: (_REFUNDED, P.refunded == P.amount),
    Condition.PARTLY_REFUNDED: (_REFUNDED, P.refunded != P.amount),
    Condition.DISPUTED: (_DISPUTED, _UNREFUNDED),
    Condition.ELSEWHERE: (text("album_purchase.channel = 'import'"), _UNREFUNDED, _UNDISPUTED),
}


def _of_albums(wish: Wish, *, words: bool) -> Iterator[Any]:
    """The album, and the words where they are an album's."""
    if wish.album:
        yield P.album_id == select(Album.id).where(Album.public_id == wish.album).scalar_subquery()
    if wish.words and words:
        yield P.album_id.in_(_titled(wish.words))


def _begun(wish: Wish) -> Iterator[Any]:
    if wish.since:
        yield P.created >= wish.since
    if wish.until:
        yield P.created < wish.until


def _worth(wish: Wish) -> Iterator[Any]:
    if wish.currency:
        yield P.currency == wish.currency
    if wish.least is not None:
        yield P.amount >= wish.least
    if wish.most is not None:
        yield P.amount <= wish.most


def _name(words: str) -> ColumnElement[bool] | None:
    """What somebody typed into the one field of the search, if it names something; None for words of an album."""
    start = words.partition("_")[0]
    if "@" in words:
        return P.email == words.casefold()
    if start in ("pi", "ch", "py"):
        return P.stripe_payment_id == words if start == "pi" else P.stripe_charge_id == words
    if start in ("re", "pyr"):
        return P.id.in_(select(Refund.purchase_id).where(Refund.stripe_refund_id == words))
    if start in ("dp", "du"):
        return P.id.in_(select(Dispute.purchase_id).where(Dispute.stripe_dispute_id == words))
    if len(words) == 32 and set(words) <= set("0123456789abcdef"):
        return P.public_id == words
    if len(words) == 4 and words.isascii() and words.isdigit():  # a card, or "1984": each by its own index
        by_card, by_album = _CARD.card_last4 == words, _ALBUM.album_id.in_(_titled(words))
        return P.id.in_(union_all(select(_CARD.id).where(by_card), select(_ALBUM.id).where(by_album)))
    return None


def _titled(words: str) -> Select[int]:
    """The albums with these words in their title, or in their artists' names."""
    columns = (Album.title, Album.artist_credit)
    return select(Album.id).where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
