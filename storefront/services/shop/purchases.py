"""The list of purchases as an admin asks for it: searched, filtered, in an order, a page of 50 at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from storefront.models import Account, Album, AlbumPurchase, Channel, LedgerEntry, PurchaseState
from storefront.money import Balance, Money
from storefront.services.shop.access_paths import in_order, wished
from storefront.services.shop.reports import PAGE, Page
from storefront.services.shop.wishes import BEGUN, WAITING, Condition, Wish

P = AlbumPurchase


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
        """The same as a wish for it finds."""
        if self.refunded:
            return Condition.REFUNDED if self.refunded == self.price else Condition.PARTLY_REFUNDED
        if self.dispute:
            return Condition.DISPUTED
        if self.channel == Channel.IMPORT:
            return Condition.ELSEWHERE
        if self.state in BEGUN:
            return Condition.UNPAID
        return Condition.CHECKING if self.state in WAITING else Condition(self.state)


_LINES: Select[*tuple[Any, ...]] = select(
    P.id, P.public_id, P.created, P.state, P.channel, P.refunded, P.dispute, P.amount, P.currency, P.email,
    P.card_brand, P.card_last4, P.stripe_payment_id, P.stripe_charge_id, P.flags, Album.title, Album.slug,
).join(Album, Album.id == P.album_id)  # fmt: skip


def list_purchases(session: Session, wish: Wish) -> Page[PurchaseLine]:
    """One page of what is wished. Its rows are found by an index alone, and only they are read."""
    found = wished(session, select(P.id), wish).limit(PAGE + 1).subquery()
    lines = _lines(session, in_order(_LINES.join(found, found.c.id == P.id), wish))
    return Page(lines[:PAGE], lines[PAGE - 1].public_id if len(lines) > PAGE else None)


def purchases_of(session: Session, email: str, account: Account | None, most: int) -> list[PurchaseLine]:
    """The newest that were made with the address, or are the account's."""
    whose = P.email == email if account is None else or_(P.email == email, P.account_id == account.id)
    return _lines(session, _LINES.where(whose).order_by(P.created.desc(), P.id.desc()).limit(most))


def purchase_line(session: Session, purchase: AlbumPurchase) -> PurchaseLine:
    """This one's."""
    return _lines(session, _LINES.where(P.id == purchase.id))[0]


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
