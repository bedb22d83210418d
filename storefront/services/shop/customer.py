"""One customer: what they bought, what it came to, and what they fetched last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from storefront.models import Account, AlbumPurchase, Download, PurchaseState
from storefront.money import Money
from storefront.services.shop.purchases import PurchaseLine, purchases_of

P = AlbumPurchase
#: Of purchases on the page; the list of purchases has the others.
MOST_PURCHASES = 50
MOST_DOWNLOADS = 10


@dataclass(frozen=True, slots=True)
class Customer:
    """An address of the shop; a guest has no account."""

    email: str
    account: Account | None


@dataclass(frozen=True, slots=True)
class Total:
    """Of what was paid in one currency."""

    count: int
    paid: Money
    given_back: Money


@dataclass(frozen=True, slots=True)
class LastDownload:
    """A file of an album, and the network that it went to."""

    album: str
    name: str
    network: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """What the desk shows."""

    purchases: Sequence[PurchaseLine]
    totals: Sequence[Total]
    downloads: Sequence[LastDownload]


def find_customer(session: Session, email: str) -> Customer | None:
    """Whoever has this address; None if nobody does."""
    account = session.scalar(select(Account).where(Account.email == email))
    if account is None and (not email or session.scalar(select(P.id).where(P.email == email).limit(1)) is None):
        return None
    return Customer(email, account)


def show_customer(session: Session, customer: Customer) -> CustomerPage:
    """Purchases with the address, and those that are the account's whatever address they were made with."""
    whose: ColumnElement[bool] = P.email == customer.email
    if customer.account is not None:
        whose = or_(whose, P.account_id == customer.account.id)
    return CustomerPage(
        purchases_of(session, customer.email, customer.account, MOST_PURCHASES),
        _totals(session, whose),
        _downloads(session, whose),
    )


def _totals(session: Session, whose: ColumnElement[bool]) -> list[Total]:
    """The state is asked of each row: SQLite would go through all that were ever paid, by the index of states."""
    paid = P.state == PurchaseState.PAID
    sums = (
        select(
            P.currency,
            func.sum(case((paid, 1), else_=0)),
            func.sum(case((paid, P.amount), else_=0)),
            func.sum(case((paid, P.refunded), else_=0)),
        )
        .where(whose)
        .group_by(P.currency)
        .order_by(P.currency)
    )
    return [
        Total(int(count), Money(int(amount), currency), Money(int(back), currency))
        for currency, count, amount, back in session.execute(sums)
        if count
    ]


def _downloads(session: Session, whose: ColumnElement[bool]) -> list[LastDownload]:
    last = (
        select(P.description, Download.name, Download.network, Download.last_asked)
        .join(P, P.id == Download.purchase_id)
        .where(whose)
        .order_by(Download.last_asked.desc())
        .limit(MOST_DOWNLOADS)
    )
    rows = session.execute(last)
    return [
        LastDownload(row.description.removeprefix("Album: "), row.name, row.network, row.last_asked) for row in rows
    ]
