"""Deadlines: whoever has not answered a dispute is told once more, while there is time."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from storefront.models import WAITS_FOR_SHOP, Dispute, writing
from storefront.services.store.flagging import tell_admins

#: So long before the deadline.
BEFORE = timedelta(days=3)
WORDS = (
    "The deadline of a dispute is near, and no evidence was sent. The bank decides for the buyer when nobody answers."
)


def remind_of_disputes(session: Session, now: datetime) -> None:
    """Mails the admins once about each dispute that waits for them and has a deadline within BEFORE."""
    waiting = select(Dispute).where(
        Dispute.status.in_(WAITS_FOR_SHOP), Dispute.evidence_due > now, Dispute.evidence_due <= now + BEFORE
    )
    for dispute in session.scalars(waiting.options(joinedload(Dispute.purchase))).all():
        subject = f"reminder:{dispute.stripe_dispute_id}:{dispute.status}"
        with writing(session):  # step: the reminder, with the jobs that send it
            tell_admins(session, subject, WORDS, now, dispute.purchase, dispute)
