"""The list of purchases as an admin asks for it: searched, filtered, in an order, a page of 100 at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, or_, select, text, tuple_
from sqlalchemy.orm import Session

from storefront.models import (
    CHECKING,
    Account,
    Album,
    AlbumPurchase,
    Channel,
    Dispute,
    LedgerEntry,
    PurchaseState,
    Refund,
)
from storefront.money import Balance, Money
from storefront.services.shop.reports import PAGE, Page

P = AlbumPurchase
Columns = TypeVarTuple("Columns")


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
_BEGUN = (PurchaseState.CREATED, PurchaseState.OPEN)
_WAITING = (PurchaseState.CONFIRMING, PurchaseState.ACTION_REQUIRED, PurchaseState.PROCESSING)
_IS: dict[Condition, tuple[Any, ...]] = {
    Condition.PAID: (P.state == PurchaseState.PAID, *_HERE),
    Condition.CHECKING: (text(f"album_purchase.{CHECKING}"), *_HERE),
    Condition.UNPAID: (P.state.in_(_BEGUN), *_HERE),
    Condition.CANCELED: (P.state == PurchaseState.CANCELED, *_HERE),
    Condition.REFUNDED: (_REFUNDED, P.refunded == P.amount),
    Condition.PARTLY_REFUNDED: (_REFUNDED, P.refunded != P.amount),
    Condition.DISPUTED: (_DISPUTED, _UNREFUNDED),
    Condition.ELSEWHERE: (text("album_purchase.channel = 'import'"), _UNREFUNDED, _UNDISPUTED),
}
_ORDERS = {
    Order.NEWEST: (P.created.desc(), P.id.desc()),
    Order.OLDEST: (P.created, P.id),
    Order.MOST: (P.amount.desc(), P.id.desc()),
    Order.LEAST: (P.amount, P.id),
}


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
class PurchaseLine:
    """One purchase, as the list shows it."""

    public_id: str
    created: datetime
    state: PurchaseState
    channel: Channel
    refunded: Money | None
    dispute: str | None
    price: Money
    #: What Stripe kept for the charge and for disputes, and what is left; None until it is booked.
    fees: Balance | None
    net: Balance | None
    email: str
    album: str
    album_slug: str
    card: str
    payment_id: str | None
    charge_id: str | None
    flags: list[str]

    @property
    def condition(self) -> Condition:
        """The same as _IS says of a row."""
        if self.refunded:
            return Condition.REFUNDED if self.refunded == self.price else Condition.PARTLY_REFUNDED
        if self.dispute:
            return Condition.DISPUTED
        if self.channel == Channel.IMPORT:
            return Condition.ELSEWHERE
        if self.state in _BEGUN:
            return Condition.UNPAID
        return Condition.CHECKING if self.state in _WAITING else Condition(self.state)


_LINES: Select[*tuple[Any, ...]] = select(
    P.id, P.public_id, P.created, P.state, P.channel, P.refunded, P.dispute, P.amount, P.currency, P.email,
    P.card_brand, P.card_last4, P.stripe_payment_id, P.stripe_charge_id, P.flags, Album.title, Album.slug,
).join(Album, Album.id == P.album_id)  # fmt: skip


def list_purchases(session: Session, wish: Wish) -> Page[PurchaseLine]:
    """One page of what is wished."""
    query = wished(_LINES, wish).limit(PAGE + 1)
    by = P.amount if wish.order in (Order.MOST, Order.LEAST) else P.created
    edge = session.execute(select(by, P.id).where(P.public_id == wish.before)).first() if wish.before else None
    if edge:
        place, last = tuple_(by, P.id), tuple_(*edge)
        query = query.where(place < last if wish.order in (Order.NEWEST, Order.MOST) else place > last)
    lines = _lines(session, query)
    return Page(lines[:PAGE], lines[PAGE - 1].public_id if len(lines) > PAGE else None)


def wished(query: Select[*Columns], wish: Wish) -> Select[*Columns]:
    """The rows of a query for purchases and their albums that are wished, in the order that is wished; of all pages."""
    return query.where(*_conditions(wish)).order_by(*_ORDERS[wish.order])


def next_wish(wish: Wish, page: Page[PurchaseLine]) -> Wish | None:
    """For the page after this one."""
    return replace(wish, before=page.older) if page.older else None


def purchases_of(session: Session, email: str, account: Account | None, most: int) -> list[PurchaseLine]:
    """The newest that were made with the address, or are the account's."""
    whose = P.email == email if account is None else or_(P.email == email, P.account_id == account.id)
    return _lines(session, _LINES.where(whose).order_by(*_ORDERS[Order.NEWEST]).limit(most))


def purchase_line(session: Session, purchase: AlbumPurchase) -> PurchaseLine:
    """This one's."""
    return _lines(session, _LINES.where(P.id == purchase.id))[0]


def _conditions(wish: Wish) -> list[Any]:
    asked: list[Any] = [*_IS[wish.condition]] if wish.condition else []
    if wish.words:
        asked.append(_named(wish.words))
    if wish.album:
        asked.append(P.album_id == select(Album.id).where(Album.public_id == wish.album).scalar_subquery())
    if wish.currency:
        asked.append(P.currency == wish.currency)
    if wish.since:
        asked.append(P.created >= wish.since)
    if wish.until:
        asked.append(P.created < wish.until)
    if wish.least is not None:
        asked.append(P.amount >= wish.least)
    if wish.most is not None:
        asked.append(P.amount <= wish.most)
    return asked


def _named(words: str) -> ColumnElement[bool]:
    """What somebody typed into the one field of the search."""
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
    columns = (Album.title, Album.artist_credit)
    titles = or_(*(column.icontains(words, autoescape=True) for column in columns))
    of_album = P.album_id.in_(select(Album.id).where(titles))
    return or_(P.card_last4 == words, of_album) if len(words) == 4 and words.isascii() and words.isdigit() else of_album


def _lines(session: Session, query: Select[*tuple[Any, ...]]) -> list[PurchaseLine]:
    rows = session.execute(query).all()
    books = find_books(session, [row.id for row in rows])
    return [
        PurchaseLine(
            public_id=row.public_id,
            created=row.created,
            state=row.state,
            channel=row.channel,
            refunded=Money(row.refunded, row.currency) if row.refunded else None,
            dispute=None if row.dispute == "none" else row.dispute,
            price=Money(row.amount, row.currency),
            fees=books.get(row.id, (None, None))[0],
            net=books.get(row.id, (None, None))[1],
            email=row.email,
            album=row.title,
            album_slug=row.slug,
            card=f"{(row.card_brand or '').capitalize()} {row.card_last4 or ''}".strip(),
            payment_id=row.stripe_payment_id,
            charge_id=row.stripe_charge_id,
            flags=row.flags,
        )
        for row in rows
    ]


def find_books(session: Session, purchases: Sequence[int]) -> dict[int, tuple[Balance, Balance]]:
    """Row number -> fees and net, from the ledger, in the currency that the purchase was first booked in."""
    entry = LedgerEntry
    sums = (
        select(entry.purchase_id, entry.currency, func.sum(entry.fee).label("fees"), func.sum(entry.net).label("net"))
        .where(entry.purchase_id.in_(purchases))
        .group_by(entry.purchase_id, entry.currency)
        .order_by(func.min(entry.id).desc())
    )
    return {
        row.purchase_id: (Balance(int(row.fees), row.currency), Balance(int(row.net), row.currency))
        for row in session.execute(sums)
    }
