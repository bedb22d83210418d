"""All that happened to one purchase, in its order: what the shop wrote down, what Stripe told, and who did what."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import (
    AlbumPurchase,
    AuditEntry,
    Dispute,
    Download,
    LedgerEntry,
    Mail,
    PaymentAttempt,
    Refund,
    StripeEvent,
)

#: Of each kind, the newest.
MOST = 200
#: Their times are Stripe's, in whole seconds: they happened at some time in theirs.
IN_WHOLE_SECONDS = ("booking", "dispute")


@dataclass(frozen=True, slots=True)
class Happening:
    """One line. `kind` says of which row `of` is: "begun", "paid", "attempt", "event", "mail", ..., or "act"."""

    at: datetime
    kind: str
    of: Any


def time_line(session: Session, purchase: AlbumPurchase) -> list[Happening]:
    """Oldest first; of what happens often, the last MOST."""
    lines = [Happening(purchase.created, "begun", purchase)]
    if purchase.doubt_shown_at:
        lines.append(Happening(purchase.doubt_shown_at, "doubt", purchase))
    if purchase.paid_at:
        lines.append(Happening(purchase.paid_at, "paid", purchase))
    lines += _of_purchase(session, purchase)
    lines += _told_by_stripe(session, purchase, lines)
    acts = select(AuditEntry).where(AuditEntry.subject == purchase.public_id).order_by(AuditEntry.at.desc())
    lines += [Happening(entry.at, "act", entry) for entry in session.scalars(acts.limit(MOST))]
    return sorted(lines, key=_place)


def _place(line: Happening) -> tuple[bool, datetime]:
    """The beginning is first, however Stripe's clock goes."""
    whole = line.kind in IN_WHOLE_SECONDS
    return line.kind != "begun", line.at + timedelta(seconds=1 if whole else 0)


def _of_purchase(session: Session, purchase: AlbumPurchase) -> Iterator[Happening]:
    """From the tables whose rows are a purchase's."""
    kinds: tuple[tuple[str, Any, Any], ...] = (
        ("attempt", PaymentAttempt, PaymentAttempt.sent_at),
        ("mail", Mail, Mail.created),
        ("download", Download, Download.began),
        ("refund", Refund, Refund.created),
        ("dispute", Dispute, Dispute.created),
        ("booking", LedgerEntry, LedgerEntry.created),
    )
    for kind, table, at in kinds:
        rows = session.scalars(select(table).where(table.purchase_id == purchase.id).order_by(at.desc()).limit(MOST))
        for row in rows:
            yield Happening(getattr(row, at.key), kind, row)


def _told_by_stripe(session: Session, purchase: AlbumPurchase, lines: list[Happening]) -> list[Happening]:
    """The webhooks about its payment, its charge, its refunds and its disputes; without their bodies."""
    objects = {
        purchase.stripe_payment_id,
        purchase.stripe_charge_id,
        *(line.of.stripe_refund_id for line in lines if line.kind == "refund"),
        *(line.of.stripe_dispute_id for line in lines if line.kind == "dispute"),
    }
    event = StripeEvent
    told = (
        select(event.id, event.type, event.received, event.done, event.error)
        .where(event.object_id.in_(objects - {None}))
        .order_by(event.received.desc())
        .limit(MOST)
    )
    return [Happening(row.received, "event", row) for row in session.execute(told)]
