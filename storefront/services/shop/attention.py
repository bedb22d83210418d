"""What needs somebody at the shop: each matter with what there is to know, and how the shop's surroundings are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from shutil import disk_usage
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storefront.models import (
    CHECKING,
    AlbumPurchase,
    Channel,
    Dispute,
    Job,
    LastBackup,
    Mail,
    PurchaseState,
    Refund,
    StripeEvent,
    writing,
)
from storefront.money import Money

P = AlbumPurchase
#: Stripe answers within seconds, and what it does not answer the shop gives up after minutes.
DOUBT = timedelta(minutes=10)
#: A mail is sent within seconds, and again and again when it is not.
LATE_MAIL = timedelta(minutes=10)
#: After a payment, Stripe's message of it comes within minutes.
LATE_MESSAGE = timedelta(hours=1)
#: One a day, and some time to make it.
OLD_BACKUP = timedelta(hours=26)
#: Dispute states in which the shop has to answer.
UNANSWERED = ("needs_response", "warning_needs_response", "appeal_needs_response")
#: Bytes that a disk should have left.
LITTLE_ROOM = 2_000_000_000
#: So many of a kind are named.
NAMED = 5


class Kind(StrEnum):
    """Of a matter."""

    DOUBT = "doubt"
    REFUND_OWED = "refund_owed"
    DISPUTE = "dispute"
    FAILED_JOBS = "failed_jobs"
    UNSENT_MAILS = "unsent_mails"
    NO_MESSAGES = "no_messages"
    OLD_BACKUP = "old_backup"
    LITTLE_ROOM = "little_room"


@dataclass(frozen=True, slots=True)
class Matter:
    """One of them; what its kind does not have is None."""

    kind: Kind
    count: int = 1
    #: The public id of a purchase.
    purchase: str | None = None
    #: Stripe's id of a dispute.
    dispute: str | None = None
    amount: Money | None = None
    #: A deadline, or the last time.
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How it is around the shop: when Stripe sent its last message, and the last backup was made; free bytes."""

    message: datetime | None
    backup: datetime | None
    room: int


def matters(session: Session, around: Surroundings, now: datetime) -> list[Matter]:
    """Those with a deadline first; none is best."""
    return [
        *_disputes(session),
        *_refunds(session),
        *_count(session, Kind.DOUBT, P, text(f"album_purchase.{CHECKING}"), _in_doubt(now)),
        *_count(session, Kind.FAILED_JOBS, Job, Job.failed.is_not(None)),
        *_count(session, Kind.UNSENT_MAILS, Mail, Mail.sent_at.is_(None), _late(now)),
        *_messages(session, around, now),
        *([Matter(Kind.OLD_BACKUP, at=around.backup)] if _is_old(around.backup, now) else []),
        *([Matter(Kind.LITTLE_ROOM)] if around.room < LITTLE_ROOM else []),
    ]


def look_around(session: Session, folder: Path) -> Surroundings:
    """`folder` is on the disk that has to have room; it need not be there yet."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return Surroundings(
        message=session.scalar(select(func.max(StripeEvent.received))),
        backup=session.scalar(select(LastBackup.made)),
        room=disk_usage(there).free,
    )


def note_backup(session: Session, now: datetime) -> bool:
    """Remembers that a backup was made. False if the database cannot: older than this program, or only readable."""
    try:
        with writing(session):  # step: when the last backup was made
            session.merge(LastBackup(id=1, made=now))
    except DBAPIError:
        return False
    return True


def _disputes(session: Session) -> list[Matter]:
    open_ones = (
        select(Dispute.stripe_dispute_id, P.public_id, Dispute.amount, Dispute.currency, Dispute.evidence_due)
        .join(P, P.id == Dispute.purchase_id)
        .where(Dispute.status.in_(UNANSWERED))
        .order_by(Dispute.evidence_due, Dispute.id)
        .limit(NAMED)
    )
    return [
        Matter(Kind.DISPUTE, purchase=purchase, dispute=dispute, amount=Money(amount, currency), at=due)
        for dispute, purchase, amount, currency, due in session.execute(open_ones)
    ]


def _refunds(session: Session) -> list[Matter]:
    owed = (
        select(P.public_id, (P.refund_requested - P.refunded), P.currency)
        .where(
            P.id.in_(select(Refund.purchase_id).where(Refund.failed_at.is_not(None))),
            P.refund_requested > P.refunded,
        )
        .order_by(P.id)
        .limit(NAMED)
    )
    return [
        Matter(Kind.REFUND_OWED, purchase=purchase, amount=Money(amount, currency))
        for purchase, amount, currency in session.execute(owed)
    ]


def _in_doubt(now: datetime) -> ColumnElement[bool]:
    """Not of those that wait for a buyer's bank: they have an hour."""
    return (P.state != PurchaseState.ACTION_REQUIRED) & (P.created < now - DOUBT)


def _late(now: datetime) -> ColumnElement[bool]:
    return or_(Mail.error != "", Mail.created < now - LATE_MAIL)


def _count(session: Session, kind: Kind, table: type[P | Job | Mail], *conditions: Any) -> list[Matter]:
    count = session.scalar(select(func.count()).select_from(table).where(*conditions))
    return [Matter(kind, count)] if count else []


def _messages(session: Session, around: Surroundings, now: datetime) -> list[Matter]:
    """Whether Stripe tells of payments: silence is right while nobody pays."""
    paid = select(P.created).where(P.state == PurchaseState.PAID, P.channel == Channel.STRIPE)
    last = session.scalar(paid.order_by(P.created.desc(), P.id.desc()).limit(1))
    if last is None or last > now - LATE_MESSAGE or (around.message and around.message > last - LATE_MESSAGE):
        return []
    return [Matter(Kind.NO_MESSAGES, at=around.message)]


def _is_old(made: datetime | None, now: datetime) -> bool:
    return made is None or made < now - OLD_BACKUP
