"""Stripe's messages: kept as they came, handled by a job. They are hints: what is true is fetched from Stripe.

A message is done when the purchase that it is about was looked up at Stripe. One that no purchase explains stays, is
tried again, and is told to the shop's admins after an hour.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.models import AlbumPurchase, PurchaseState, StripeEvent, insert_once, writing
from storefront.payments import CreditCardProcessor
from storefront.payments.errors import PaymentError, PaymentRefused
from storefront.payments.webhooks import Event
from storefront.services.store.books import settle_aftermath
from storefront.services.store.flagging import tell_admins
from storefront.services.store.matching import find_by_object
from storefront.services.store.rebuilding import rebuild
from storefront.services.store.settlement import retrieve_and_settle

log = logging.getLogger(__name__)

#: What the shop listens to, by the objects that it is about. https://docs.stripe.com/api/events/types
EVENT_TYPES = (
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.failed",
    "charge.refund.updated",
    "charge.refunded",
    "charge.succeeded",
    "charge.updated",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "radar.early_fraud_warning.created",
    "radar.early_fraud_warning.updated",
    "refund.created",
    "refund.failed",
    "refund.updated",
)

SOONEST, LATEST = timedelta(seconds=10), timedelta(hours=1)
#: A purchase's row is there before its payment: one that is missing for so long was lost with a restored backup.
LOST_AFTER = timedelta(minutes=10)
#: Then a person should look.
ALARM_AFTER = timedelta(hours=1)
#: Then it is nobody's: an account at Stripe may serve other things beside the shop.
GIVEN_UP_AFTER = timedelta(days=3)


def keep(session: Session, event: Event, body: bytes, now: datetime) -> None:
    """Writes the event down, with the job that handles it; one that is there already stays as it is."""
    with writing(session):  # step: the message is ours from here on, and Stripe may forget it
        insert_once(
            session,
            StripeEvent,
            id=event.id,
            type=event.type,
            object_id=event.object_id,
            body=body,
            received=now,
            done=None if event.type in EVENT_TYPES else now,
            tries=0,
            error="",
        )
        if event.type in EVENT_TYPES:
            enqueue(session, "handle_event", key=f"event:{event.id}", event=event.id)


def handle(session: Session, processor: CreditCardProcessor, event_id: str, now: datetime) -> timedelta | None:
    """Looks up what the event is about: after how long to call it again, None when it is done."""
    event = session.get(StripeEvent, event_id, populate_existing=True)
    if event is None or event.done is not None:
        return None
    age = now - event.received
    try:
        handled, error = _settle(session, processor, event, now), "no purchase explains it"
    except PaymentError as failure:
        handled, error = False, f"Stripe does not tell: {failure}"
    given_up = not handled and age > GIVEN_UP_AFTER
    with writing(session):  # step: done, or why not
        session.execute(
            update(StripeEvent)
            .where(StripeEvent.id == event_id, StripeEvent.done.is_(None))
            .values(
                done=now if handled or given_up else None,
                tries=StripeEvent.tries + 1,
                error="" if handled else error[:1000],
            )
            .execution_options(synchronize_session=False)
        )
        if not handled and age > ALARM_AFTER:
            text = f"A message of Stripe's ({event.type} of {event.object_id}) cannot be handled: {error}."
            tell_admins(session, f"event:{event_id}", text, now)
    return None if handled or given_up else min(LATEST, max(SOONEST, age / 2))


def _settle(session: Session, processor: CreditCardProcessor, event: StripeEvent, now: datetime) -> bool:
    """Whether the event's purchase was found, and is now as Stripe has it."""
    if event.object_id is None:
        return True
    try:
        purchase = find_by_object(session, processor, event.object_id)
        if purchase is None and now - event.received > LOST_AFTER:
            purchase = _find_lost(session, processor, event.object_id, now)
    except PaymentRefused as error:
        log.warning("event %s: Stripe has no %s: %s", event.id, event.object_id, error)
        return False
    if purchase is None:
        return False
    about_paying = event.type.startswith("payment_intent.") or event.type in ("charge.succeeded", "charge.failed")
    if purchase.state != PurchaseState.PAID:
        retrieve_and_settle(session, processor, purchase, now)
    if purchase.state == PurchaseState.PAID and not about_paying:
        settle_aftermath(session, processor, purchase, now)
    return True


def _find_lost(session: Session, processor: CreditCardProcessor, object_id: str, now: datetime) -> AlbumPurchase | None:
    """The purchase of an object whose row is missing, written down anew; see rebuilding.py."""
    records = processor.records
    if object_id.startswith("pi_"):
        charge_id = records.find_intent(object_id).charge_id
    else:
        charge_id = records.find_charge_of(object_id)
    if charge_id is None:
        return None
    charge = records.find_charge(charge_id)
    metadata = records.find_intent(charge.payment_id).metadata if charge.payment_id else {}
    return rebuild(session, processor, charge, metadata, now)
