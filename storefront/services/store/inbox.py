"""Stripe's messages, kept as they came. They are hints: what is true is fetched from Stripe."""

from datetime import datetime

from sqlalchemy.orm import Session

from storefront.models import StripeEvent, insert_once, writing
from storefront.payments.webhooks import Event


def keep(session: Session, event: Event, body: bytes, now: datetime) -> None:
    """Writes the event down; one that is there already stays as it is."""
    with writing(session):  # step: the message is ours from here on, and Stripe may forget it
        insert_once(
            session,
            StripeEvent,
            id=event.id,
            type=event.type,
            object_id=event.object_id,
            body=body,
            received=now,
            tries=0,
            error="",
        )
