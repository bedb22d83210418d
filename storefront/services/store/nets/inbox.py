"""Stripe's messages: kept as they came, handled by a job. They are hints: what is true is fetched from Stripe.

A message is done when the purchase that it is about was looked up at Stripe. One that no purchase explains stays, is
tried again, and is told to the shop's admins after an hour.
"""

import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.models import PurchaseState, StripeEvent, end_reading, insert_once, writing
from storefront.payments import CreditCardProcessor
from storefront.payments.errors import PaymentError, PaymentRefused
from storefront.payments.results import IntentRecord
from storefront.payments.webhooks import API_VERSION, Event
from storefront.services.store.aftermath.books import settle_aftermath
from storefront.services.store.flagging import tell_admins
from storefront.services.store.nets.matching import find_by_object
from storefront.services.store.nets.rebuilding import rebuild
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

#: In a payment's message; no row holds it. It stands in a field, and in the address where the bank asks its buyer.
_CLIENT_SECRET = re.compile(rb'("client_secret"\s*:\s*)"[^"]*"')
_IN_ADDRESS = re.compile(rb"_secret_\w+", re.ASCII)

SOONEST, LATEST = timedelta(seconds=10), timedelta(hours=1)
#: A purchase's row is there before its payment: one that is missing for so long was lost with a restored backup.
LOST_AFTER = timedelta(minutes=10)
#: Then a person should look.
ALARM_AFTER = timedelta(hours=1)
#: Then there is nothing left to hope for; the row stays.
GIVEN_UP_AFTER = timedelta(days=3)
#: What the row of such an event says; it is done.
FOREIGN = "it was not paid through this shop"


def keep(session: Session, event: Event, body: bytes, now: datetime) -> None:
    """Writes the event down, with the job that handles it; one that is there already stays as it is.

    One of another account is nobody's here: it is kept, and that is all. Admins hear of it, and of messages in another
    version of Stripe's API than the shop's.
    """
    ours = event.type in EVENT_TYPES and event.account is None
    with writing(session):  # step: the message is ours from here on, and Stripe may forget it
        insert_once(
            session,
            StripeEvent,
            id=event.id,
            type=event.type,
            object_id=event.object_id,
            body=_IN_ADDRESS.sub(b"_secret_", _CLIENT_SECRET.sub(rb"\1null", body)),
            received=now,
            done=None if ours else now,
            tries=0,
            error="" if event.account is None else f"it is about another account, {event.account}",
        )
        if ours:
            enqueue(session, "handle_event", key=f"event:{event.id}", event=event.id)
        for subject, words in _oddities(event):
            log.error("ATTENTION event %s: %s", event.id, words)
            tell_admins(session, subject, words, now)


def _oddities(event: Event) -> Iterator[tuple[str, str]]:
    """What a person should look at in the endpoint's settings at Stripe: a name of it for good, and a sentence."""
    if event.account is not None:
        yield (
            f"account:{event.account}",
            f"Stripe sends messages about another account, {event.account}. They are kept, and not acted on. Let the "
            "webhook endpoint at Stripe listen to your own account alone.",
        )
    if event.api_version not in (None, API_VERSION):
        yield (
            f"api_version:{event.api_version}",
            f"Stripe sends messages in version {event.api_version} of its API, and this shop speaks {API_VERSION}. "
            "They are handled all the same. Set the version of the webhook endpoint at Stripe.",
        )


def handle(session: Session, processor: CreditCardProcessor, event_id: str, now: datetime) -> timedelta | None:
    """Looks up what the event is about: after how long to call it again, None when it is done."""
    event = session.get(StripeEvent, event_id, populate_existing=True)
    if event is None or event.done is not None:
        return None
    age = now - event.received
    try:
        missing = _settle(session, processor, event, now)
    except PaymentError as error:
        missing = f"Stripe does not tell: {error}"
    done = missing in (None, FOREIGN) or age > GIVEN_UP_AFTER
    with writing(session):  # step: done, or why not
        session.execute(
            update(StripeEvent)
            .where(StripeEvent.id == event_id, StripeEvent.done.is_(None))
            .values(done=now if done else None, tries=StripeEvent.tries + 1, error=(missing or "")[:1000])
            .execution_options(synchronize_session=False)
        )
        if not done and age > ALARM_AFTER:
            log.error("ATTENTION event %s (%s of %s): %s", event.id, event.type, event.object_id, missing)
            text = f"Stripe tells of {event.object_id} ({event.type}), and the shop cannot say what that is: {missing}."
            tell_admins(session, f"object:{event.object_id}", text, now)
    return None if done else min(LATEST, max(SOONEST, age / 2))


def wait_after(tries: int) -> timedelta:
    """How old an event is at least when it is tried once more, after so many tries: 10 s, 15 s, 23 s ..."""
    return SOONEST * 1.5 ** min(tries, 40)


def _settle(session: Session, processor: CreditCardProcessor, event: StripeEvent, now: datetime) -> str | None:
    """Brings the event's purchase to where it is at Stripe; or says what is missing."""
    if event.object_id is None:
        return None
    try:
        purchase = find_by_object(session, processor, event.object_id)
        if purchase is None:
            payment = _payment_of(session, processor, event.object_id)
            if payment is None or "order" not in payment.metadata:
                return FOREIGN
            if payment.raw_status == "canceled":
                return None  # it was opened for nobody, and canceled; see reconciliation
            if now - event.received > LOST_AFTER and payment.charge_id is not None:
                charge = processor.records.find_charge(payment.charge_id)
                purchase = rebuild(session, processor, charge, payment.metadata, now)
    except PaymentRefused as error:
        return f"Stripe does not have it: {error}"
    if purchase is None:
        return "no purchase explains it"
    about_paying = event.type.startswith("payment_intent.") or event.type in ("charge.succeeded", "charge.failed")
    if purchase.state != PurchaseState.PAID:
        retrieve_and_settle(session, processor, purchase, now)
    if purchase.state == PurchaseState.PAID and not about_paying:
        settle_aftermath(session, processor, purchase, now)
    return None


def _payment_of(session: Session, processor: CreditCardProcessor, object_id: str) -> IntentRecord | None:
    """The PaymentIntent that an object is about; None for a charge that was made without one."""
    end_reading(session)
    records = processor.records
    if object_id.startswith("pi_"):
        return records.find_intent(object_id)
    charge_id = records.find_charge_of(object_id)
    payment_id = records.find_charge(charge_id).payment_id if charge_id else None
    return records.find_intent(payment_id) if payment_id else None
