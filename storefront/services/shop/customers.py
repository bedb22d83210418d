"""Everybody who bought something, tried to, or has an account: by address, for a guest has nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import case, exists, func, select, tuple_, union
from sqlalchemy.orm import Session, aliased

from storefront.models import Account, AlbumPurchase, PurchaseState, Role
from storefront.money import Money
from storefront.services.shop.reports import PAGE, Page

P, A = AlbumPurchase, Account
#: Behind every address that begins with the same letters.
_END = "\U0010ffff"


class Order(StrEnum):
    """Of the list. Who bought last comes first in NEWEST; those who only have an account, by its beginning."""

    NEWEST = "newest"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One customer, as the list shows them. `bought` counts what was paid, or given by another platform."""

    email: str
    bought: int
    #: What was paid and not given back, by currency.
    totals: Sequence[Money]
    #: Of the last purchase, paid or not.
    last: datetime | None
    #: None without an account.
    role: Role | None


def list_customers(
    session: Session, begins: str = "", order: Order = Order.NEWEST, before: str = ""
) -> Page[CustomerLine]:
    """A page of those whose address begins so; `before` is the address of the last line of the page before.

    Words to begin with are always listed by name.
    """
    newest = order == Order.NEWEST and not begins
    emails = _newest(session, before) if newest else _by_name(session, begins.casefold(), before)
    lines = describe(session, emails[:PAGE])
    return Page(lines, emails[PAGE - 1] if len(emails) > PAGE else None)


def describe(session: Session, emails: Sequence[str]) -> list[CustomerLine]:
    """Their lines, in this order."""
    paid = P.state == PurchaseState.PAID
    sums = (
        select(
            P.email,
            P.currency,
            func.sum(case((paid, 1), else_=0)).label("bought"),
            func.sum(case((paid, P.amount - P.refunded), else_=0)).label("total"),
            func.max(P.created).label("last"),
        )
        .where(P.email.in_(emails))
        .group_by(P.email, P.currency)
        .order_by(P.currency)
    )
    rows: dict[str, list[Any]] = {}
    for row in session.execute(sums):
        rows.setdefault(row.email, []).append(row)
    roles = {row.email: row.role for row in session.execute(select(A.email, A.role).where(A.email.in_(emails)))}
    return [
        CustomerLine(
            email=email,
            bought=sum(int(row.bought) for row in rows.get(email, ())),
            totals=[Money(int(row.total), row.currency) for row in rows.get(email, ()) if row.total],
            last=max((row.last for row in rows.get(email, ())), default=None),
            role=roles.get(email),
        )
        for email in emails
    ]


def _by_name(session: Session, begins: str, after: str) -> Sequence[str]:
    """Each table is asked for a page by its own index; with one lower bound, for SQLite would start at the first."""
    parts = [
        select(table.email)
        .where(table.email > after if after else table.email >= begins, table.email < begins + _END)
        .distinct()
        .order_by(table.email)
        .limit(PAGE + 1)
        .subquery()
        for table in (P, A)
    ]
    both = union(*(select(part.c.email) for part in parts)).subquery()
    return session.scalars(select(both.c.email).order_by(both.c.email).limit(PAGE + 1)).all()


def _newest(session: Session, before: str) -> Sequence[str]:
    """By each one's last purchase; the accounts without any, in between."""
    edge = (_last_of(session, before), before) if before else None
    other = aliased(P)
    later = exists().where(other.email == P.email, tuple_(other.created, other.id) > tuple_(P.created, P.id))
    bought = _page(select(P.email, P.created.label("at")).where(P.email != "", ~later), P, edge)
    last = session.execute(bought).all()
    never = select(A.email, A.created.label("at")).where(~exists().where(P.email == A.email))
    if len(last) > PAGE:  # else all accounts would be looked at for those few that never bought
        never = never.where(A.created >= last[-1].at)
    rows = sorted([*last, *session.execute(_page(never, A, edge))], key=lambda row: (row.at, row.email), reverse=True)
    return [row.email for row in rows[: PAGE + 1]]


def _page(query: Any, table: Any, edge: tuple[datetime | None, str] | None) -> Any:
    if edge is not None and edge[0] is not None:
        query = query.where(table.created <= edge[0], tuple_(table.created, table.email) < tuple_(*edge))
    return query.order_by(table.created.desc(), table.email.desc()).limit(PAGE + 1)


def _last_of(session: Session, email: str) -> datetime | None:
    """Where an address stands in the list of the newest."""
    last = session.scalar(select(func.max(P.created)).where(P.email == email))
    return last or session.scalar(select(A.created).where(A.email == email))
