"""Which disputes there are: those that wait for the shop by their deadlines, then those with the bank, the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, tuple_
from sqlalchemy.orm import Session, joinedload

from storefront.models import DECIDED, WAITS_FOR_SHOP, Album, AlbumPurchase, Dispute, DisputeAnswer, Wish
from storefront.money import Money
from storefront.services.shop.disputes.reasons import reason_of
from storefront.services.shop.reports import PAGE, Page


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """One dispute, as the list shows it."""

    name: str
    status: str
    reason: str
    money: Money
    due: datetime | None
    created: datetime
    album: str
    email: str
    #: Whether an answer was wished that Stripe may not have yet.
    asked: bool

    @property
    def says(self) -> str:
        """What the buyer told the bank."""
        return reason_of(self.reason).says

    @property
    def waits(self) -> bool:
        """For the shop, which has not answered."""
        return self.status in WAITS_FOR_SHOP and not self.asked

    def days_left(self, now: datetime) -> int | None:
        """Whole days until the deadline, 0 on the last; None when there is none, or it is over."""
        return days_until(self.due, now)


_LINE = (
    select(
        Dispute.stripe_dispute_id, Dispute.status, Dispute.reason, Dispute.amount, Dispute.currency,
        Dispute.evidence_due, Dispute.created, Album.title, AlbumPurchase.email,
        Dispute.submissions, DisputeAnswer.wish, DisputeAnswer.submissions_before,
    )
    .join(AlbumPurchase, AlbumPurchase.id == Dispute.purchase_id)
    .join(Album, Album.id == AlbumPurchase.album_id)
    .outerjoin(DisputeAnswer, DisputeAnswer.dispute_id == Dispute.id)
)  # fmt: skip


def days_until(due: datetime | None, now: datetime) -> int | None:
    """Whole days, 0 on the last; None when there is no deadline, or it is over."""
    return (due - now).days if due is not None and due >= now else None


def find_dispute(session: Session, name: str) -> Dispute | None:
    """By Stripe's id, with its purchase, its album, and the shop's answer."""
    whole = joinedload(Dispute.purchase).joinedload(AlbumPurchase.album), joinedload(Dispute.answer)
    return session.scalar(select(Dispute).where(Dispute.stripe_dispute_id == name).options(*whole))


def disputes_of(session: Session, purchase: AlbumPurchase) -> Sequence[DisputeLine]:
    """Of one purchase, oldest first."""
    rows = session.execute(_LINE.where(Dispute.purchase_id == purchase.id).order_by(Dispute.created, Dispute.id))
    return [_line(row) for row in rows]


def open_disputes(session: Session) -> Sequence[DisputeLine]:
    """Undecided: first what waits for the shop, the nearest deadline first. They are few: each is decided in months."""
    waits = case((Dispute.status.in_(WAITS_FOR_SHOP), 0), else_=1)
    undecided = _LINE.where(Dispute.status.not_in(DECIDED))
    return [_line(row) for row in session.execute(undecided.order_by(waits, Dispute.evidence_due, Dispute.id))]


def closed_disputes(session: Session, before: str | None = None) -> Page[DisputeLine]:
    """Decided, the newest first, a page at a time; `before` is the id of the last line of the page before."""
    query = _LINE.where(Dispute.status.in_(DECIDED)).order_by(Dispute.created.desc(), Dispute.id.desc())
    if before:
        at = select(Dispute.created, Dispute.id).where(Dispute.stripe_dispute_id == before)
        edge = session.execute(at).first()
        query = query.where(tuple_(Dispute.created, Dispute.id) < tuple_(*edge)) if edge else query
    rows = session.execute(query.limit(PAGE + 1)).all()
    lines = [_line(row) for row in rows[:PAGE]]
    return Page(lines, lines[-1].name if len(rows) > PAGE else None)


def _line(row: Any) -> DisputeLine:
    *facts, submissions, wish, before = row
    asked = wish is Wish.ACCEPT or (wish is Wish.CONTEST and submissions <= before)
    name, status, reason, amount, currency, due, created, album, email = facts
    return DisputeLine(name, status, reason, Money(amount, currency), due, created, album, email, asked)
