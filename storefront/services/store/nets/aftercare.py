"""What jobs do for purchases: look until the end is known, cancel what was abandoned, learn the fee.

None of it ever causes a charge. Each function says after how long to call it again, or None when nothing is left to do.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import AlbumPurchase, PaymentAttempt, PurchaseState, writing
from storefront.payments import CreditCardProcessor
from storefront.payments.errors import PaymentError, PaymentRefused
from storefront.services.store.aftermath.books import settle_aftermath
from storefront.services.store.closure import is_closed
from storefront.services.store.flagging import Attention, flag
from storefront.services.store.nets.matching import find
from storefront.services.store.settlement import UNKNOWN, cancel, note_doubt, retrieve_and_settle
from storefront.services.store.transitions import UNSETTLED

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=10)
LOOK_AT_LEAST_EVERY = timedelta(minutes=10)
#: An attempt of which nothing is heard for so long is given up: the intent is canceled.
DOUBT_ENDS = timedelta(seconds=120)
#: How long the bank's page may stay open.
ACTION_ENDS = timedelta(hours=1)
#: How long a purchase may stay unpaid.
OPEN_ENDS = timedelta(hours=24)
#: Stripe books every charge within days.
BOOKING_GIVEN_UP = timedelta(days=7)


def settle_attempt(
    session: Session, processor: CreditCardProcessor, public_id: str, number: int, now: datetime
) -> timedelta | None:
    """Looks after attempt `number` until it is settled."""
    purchase = find(session, public_id)
    if purchase is None or purchase.attempt != number or purchase.state not in UNSETTLED:
        return None
    age = now - sent_at(session, purchase)
    try:
        look_after(session, processor, purchase, now)
    except PaymentError as error:
        log.warning("purchase %s: Stripe does not say how it stands: %s", public_id, error)
    if purchase.state not in UNSETTLED or purchase.attempt != number:
        return None
    return LOOK_EVERY if age < DOUBT_ENDS else min(LOOK_AT_LEAST_EVERY, age / 10)


def look_after(session: Session, processor: CreditCardProcessor, purchase: AlbumPurchase, now: datetime) -> None:
    """Asks Stripe how an unsettled purchase stands, and cancels it when its time is over. Raises PaymentError."""
    age = now - sent_at(session, purchase)
    try:
        retrieve_and_settle(session, processor, purchase, now)
    except PaymentRefused as error:
        if error.code == UNKNOWN:
            with writing(session):  # step: nobody but a person can know
                flag(session, purchase, [Attention("payment_unknown")], now)
        raise
    if purchase.state == PurchaseState.CONFIRMING:
        note_doubt(session, purchase, now)  # whoever came back meanwhile has read "we are checking"
    silent = purchase.state == PurchaseState.CONFIRMING and age >= DOUBT_ENDS
    abandoned = purchase.state == PurchaseState.ACTION_REQUIRED and age >= ACTION_ENDS
    if silent or abandoned:
        cancel(session, processor, purchase, now)


def sent_at(session: Session, purchase: AlbumPurchase) -> datetime:
    """When the purchase's present attempt was sent."""
    return session.scalars(
        select(PaymentAttempt.sent_at).where(
            PaymentAttempt.purchase_id == purchase.id, PaymentAttempt.number == purchase.attempt
        )
    ).one()


def close_unpaid(session: Session, processor: CreditCardProcessor, public_id: str, now: datetime) -> timedelta | None:
    """Cancels a purchase that was begun and never paid; one that waits for an answer has a job of its own."""
    purchase = find(session, public_id)
    if purchase is None or purchase.state in (PurchaseState.PAID, PurchaseState.CANCELED):
        return None
    if is_closed(session):  # a restored backup may remember a purchase as unpaid that was paid afterwards
        return LOOK_AT_LEAST_EVERY
    left = purchase.created + OPEN_ENDS - now
    if purchase.state == PurchaseState.OPEN and left > timedelta(0):
        return left
    if purchase.state in UNSETTLED:
        return LOOK_AT_LEAST_EVERY
    try:
        cancel(session, processor, purchase, now)
    except PaymentError as error:
        log.warning("purchase %s: Stripe does not cancel it yet: %s", public_id, error)
    return None if purchase.state in (PurchaseState.PAID, PurchaseState.CANCELED) else LOOK_AT_LEAST_EVERY


def settle_books(session: Session, processor: CreditCardProcessor, public_id: str, now: datetime) -> timedelta | None:
    """Learns what Stripe took, once it has booked the charge."""
    purchase = find(session, public_id)
    if purchase is None or purchase.paid_at is None:
        return None
    age = now - purchase.paid_at
    try:
        settle_aftermath(session, processor, purchase, now)
    except PaymentError as error:
        log.warning("purchase %s: Stripe does not tell what it has booked: %s", public_id, error)
    if purchase.fee is not None or age > BOOKING_GIVEN_UP:
        return None
    return min(timedelta(hours=6), max(LOOK_EVERY, age))
