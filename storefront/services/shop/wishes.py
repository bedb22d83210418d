"""What an admin wishes to see of the purchases, as a query that is quick among a million of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, or_, select, text, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from storefront.models import CHECKING, Album, AlbumPurchase, Channel, Dispute, PurchaseState, Refund

P = AlbumPurchase
Columns = TypeVarTuple("Columns")
#: So many rows are sorted; among more, those that are wished are met soon on the way through an index.
FEW = 5_000
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
    """Of the list."""

    NEWEST = "newest"
    OLDEST = "oldest"
    MOST = "most"
    LEAST = "least"


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
#: Those that an index of their own has, of which there are few.
_RARE = {*Condition} - {Condition.PAID, Condition.UNPAID, Condition.CANCELED}
_BY_AMOUNT = (Order.MOST, Order.LEAST)


def _unindexed(column: Any) -> Any:
    """The same value, for which neither database looks into an index."""
    return func.coalesce(column, column)


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


def wished(session: Session, query: Select[*Columns], wish: Wish) -> Select[*Columns]:
    """The rows of a query for purchases and their albums that are wished, in the order that is wished, after the line
    that the wish names.

    Which index is walked is decided here: by itself SQLite would walk through all amounts to find an album's few rows,
    and PostgreSQL through all times to find that no album has such a name.
    """
    by, album, created = (P.amount if wish.order in _BY_AMOUNT else P.created), P.album_id, P.created
    narrow = [*_of_albums(wish, album), *_begun(wish, created)]
    if wish.condition in _RARE:
        by, album = (_unindexed(by) if wish.order in _BY_AMOUNT else by), _unindexed(album)
    elif narrow and (wish.order in _BY_AMOUNT or (wish.words and _name(wish.words) is None)):
        if _few(session, narrow):
            by = _unindexed(by)
        else:
            album, created = _unindexed(album), created if by is P.created else _unindexed(created)
    query = query.where(*_conditions(wish), *_of_albums(wish, album), *_begun(wish, created))
    if wish.before and (edge := _edge(session, wish)):
        place, last = tuple_(by, P.id), tuple_(*edge)
        query = query.where(place < last if wish.order in (Order.NEWEST, Order.MOST) else place > last)
    if wish.order in (Order.NEWEST, Order.MOST):
        return query.order_by(by.desc(), P.id.desc())
    return query.order_by(by, P.id)


def _edge(session: Session, wish: Wish) -> Any:
    by = P.amount if wish.order in _BY_AMOUNT else P.created
    return session.execute(select(by, P.id).where(P.public_id == wish.before)).first()


def _few(session: Session, narrow: list[Any]) -> bool:
    """Whether these conditions, which an index answers alone, leave few rows."""
    some = select(P.id).where(*narrow).limit(FEW + 1).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) <= FEW


def _begun(wish: Wish, created: Any) -> list[Any]:
    since = [created >= wish.since] if wish.since else []
    return [*since, created < wish.until] if wish.until else since


def _of_albums(wish: Wish, album: Any) -> list[Any]:
    """The album, and the words where they are an album's."""
    asked = [album == select(Album.id).where(Album.public_id == wish.album).scalar_subquery()] if wish.album else []
    if wish.words and _name(wish.words) is None:
        asked.append(album.in_(_titled(wish.words)))
    return asked


def _conditions(wish: Wish) -> list[Any]:
    """All others."""
    asked: list[Any] = [*_IS[wish.condition]] if wish.condition else []
    if wish.words and (name := _name(wish.words)) is not None:
        asked.append(name)
    if wish.currency:
        asked.append(P.currency == wish.currency)
    if wish.least is not None:
        asked.append(P.amount >= wish.least)
    if wish.most is not None:
        asked.append(P.amount <= wish.most)
    return asked


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
        card, album = aliased(P), aliased(P)
        by_card, by_album = card.card_last4 == words, album.album_id.in_(_titled(words))
        return P.id.in_(union_all(select(card.id).where(by_card), select(album.id).where(by_album)))
    return None


def _titled(words: str) -> Select[int]:
    """The albums with these words in their title, or in their artists' names."""
    columns = (Album.title, Album.artist_credit)
    return select(Album.id).where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
