"""The rows that mirror Stripe's refunds and disputes, and what a purchase says of them together."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import (
    DISPUTES_WITH_ACCESS,
    GIVES_NOTHING,
    REFUSED,
    REQUESTED,
    AlbumPurchase,
    Dispute,
    Refund,
)
from storefront.payments.results import DisputeResult, RefundResult
from storefront.services.shop.receipts import write_refunded
from storefront.services.store.flagging import Attention

#: Statuses that Stripe has told of until now; any other is for a person to look at.
KNOWN_DISPUTES = frozenset(
    {*DISPUTES_WITH_ACCESS, "needs_response", "under_review", "lost", "appeal_needs_response", "appeal_under_review"}
)

#: The type of the booking that brings a failed refund's money back to the shop.
FAILURE = "refund_failure"


def refunds_of(session: Session, purchase: AlbumPurchase) -> list[Refund]:
    """In the order in which they were asked for."""
    of_purchase = select(Refund).where(Refund.purchase_id == purchase.id).order_by(Refund.created, Refund.id)
    return list(session.scalars(of_purchase.execution_options(populate_existing=True)))


def requested(amount: int, refunds: list[Refund]) -> int:
    """What the buyer has been given back, is being given back, or is owed because a refund failed.

    A refund that was made after another one had failed is instead of it.
    """
    given = sum(refund.amount for refund in refunds if refund.status not in GIVES_NOTHING)
    failures = [(refund.failed_at, refund.amount) for refund in refunds if refund.failed_at is not None]
    wishes = [(refund.created, -refund.amount) for refund in refunds if refund.status != REFUSED]
    owed = 0
    for _, change in sorted(failures + wishes):
        owed = max(0, owed + change)
    return min(amount, given + owed)


def worst(statuses: Sequence[str]) -> str:
    """Of a purchase's disputes, oldest first, the status that decides: one without the money, else the newest."""
    return next((status for status in statuses if status not in DISPUTES_WITH_ACCESS), ["none", *statuses][-1])


def mirror_refund(session: Session, purchase: AlbumPurchase, result: RefundResult, now: datetime) -> list[Attention]:
    """Writes one refund as it is at Stripe; what of it a person must look at."""
    refund = _find_refund(session, purchase, result)
    if refund is None:
        refund = Refund(
            public_id=_free_name(session, result),
            purchase_id=purchase.id,
            amount=result.amount.amount,
            currency=result.amount.currency,
            status=REQUESTED,
            reason=result.reason or "",
            requested_by="",
            created=result.created,
        )
        session.add(refund)
    news = refund.status in (REQUESTED, REFUSED)
    refund.stripe_refund_id = result.refund_id
    refund.status = result.status
    refund.failure_reason = (result.failure_reason or "")[:300]
    if result.status == "failed" and refund.failed_at is None:
        refund.failed_at = min(now, *(entry.created for entry in result.bookings if entry.type == FAILURE), now)
    session.flush()
    if result.status == "failed":
        return [Attention("refund_failed", refund.public_id)]
    if news and result.status not in GIVES_NOTHING:
        write_refunded(session, purchase, refund, now)
    return []


def _find_refund(session: Session, purchase: AlbumPurchase, result: RefundResult) -> Refund | None:
    """By Stripe's id, or by the shop's own name for one of which Stripe had not answered."""
    known = select(Refund).where(Refund.stripe_refund_id == result.refund_id)
    ours = select(Refund).where(
        Refund.public_id == (result.reference or ""),
        Refund.purchase_id == purchase.id,
        Refund.stripe_refund_id.is_(None),
    )
    fresh = {"populate_existing": True}
    return session.scalar(known.execution_options(**fresh)) or session.scalar(ours.execution_options(**fresh))


def _free_name(session: Session, result: RefundResult) -> str:
    """The name that the shop once gave it, if a restored backup has forgotten it; else a new one."""
    name = result.reference
    if name and len(name) == 32 and session.scalar(select(Refund.id).where(Refund.public_id == name)) is None:
        return name
    return secrets.token_hex(16)


def mirror_dispute(session: Session, purchase: AlbumPurchase, result: DisputeResult) -> list[Attention]:
    """Writes one dispute as it is at Stripe; what of it a person must look at."""
    known = select(Dispute).where(Dispute.stripe_dispute_id == result.dispute_id)
    dispute = session.scalar(known.execution_options(populate_existing=True))
    if dispute is None:
        dispute = Dispute(
            stripe_dispute_id=result.dispute_id,
            purchase_id=purchase.id,
            amount=result.amount.amount,
            currency=result.amount.currency,
            created=result.created,
        )
        session.add(dispute)
    dispute.status = result.status[:40]
    dispute.reason = result.reason[:60]
    dispute.evidence_due = result.evidence_due
    dispute.submissions = result.submissions
    session.flush()
    about = f"{result.dispute_id}:{result.status}"
    if result.status not in KNOWN_DISPUTES:
        return [Attention("unknown_dispute", about, dispute)]
    if result.status == "warning_needs_response":
        return [Attention("inquiry", about, dispute)]
    return [Attention("disputed", about, dispute)] if result.status.endswith("needs_response") else []
