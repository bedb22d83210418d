"""Stripe's messages, kept as they came. They are hints: what is true is fetched from Stripe."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storefront.models import StripeEvent, writing
from storefront.payments.webhooks import Event


def keep(session: Session, event: Event, body: bytes, now: datetime) -> None:
    """Writes the event down; one that is there already stays as it is."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(StripeEvent).values(
        id=event.id, type=event.type, object_id=event.object_id, body=body, received=now, tries=0, error=""
    )
    with writing(session):  # step: the message is ours from here on, and Stripe may forget it
        session.execute(row.on_conflict_do_nothing(index_elements=["id"]))
