"""The one place where a PaymentIntent's state becomes a purchase's: `settle`. The request, the return page and the
settling job call it with what Stripe answered.

Truth is fetched. A retrieved answer ages: it is applied only to the state and the attempt that the row was in before it
was retrieved. And a purchase that waits for an answer is reopened only on evidence that its attempt ran: otherwise the
request may still be on its way, and arrive when the buyer has been told that nothing was charged.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.models import AlbumPurchase, Channel, PurchaseState, end_reading, writing
from storefront.payments import CreditCardProcessor
from storefront.payments.errors import PaymentError, PaymentRefused
from storefront.payments.results import ChargeResult, PaymentStatus
from storefront.services.shop.figures.counting import bought_before, count_sale
from storefront.services.shop.receipts import write_not_charged, write_receipt
from storefront.services.store.attempts import end_attempt, ran
from storefront.services.store.flagging import Attention, flag
from storefront.services.store.transitions import UNSETTLED, move

log = logging.getLogger(__name__)

#: Stripe books a charge within seconds; until then its fee is not known.
BOOKED_AFTER = timedelta(seconds=5)
#: The same address, card and album: rather a mistake than a present.
BOUGHT_TWICE_WITHIN = timedelta(days=1)
#: Stripe's code for an id that it does not have.
UNKNOWN = "resource_missing"
_MOST_LOOKS = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """What a row showed before Stripe was asked."""

    state: PurchaseState
    attempt: int

    @classmethod
    def of(cls, purchase: AlbumPurchase) -> "Seen":
        return cls(purchase.state, purchase.attempt)


def settle(
    session: Session,
    purchase: AlbumPurchase,
    result: ChargeResult,
    seen: Seen,
    now: datetime,
    *,
    own_answer: bool = False,
) -> bool:
    """Applies what Stripe says of the purchase's intent; False when the row has moved since `seen`: then look again.

    `own_answer`: the result answers the very request of attempt `seen.attempt`, which therefore has run.
    """
    with writing(session):  # step: what Stripe said, with the mails and jobs that follow from it
        session.refresh(purchase)
        if purchase.state == PurchaseState.PAID:
            return True
        if result.status == PaymentStatus.SUCCEEDED:
            return _pay(session, purchase, result, now)
        if Seen.of(purchase) != seen:
            return False
        match result.status:
            case PaymentStatus.ACTION_REQUIRED if purchase.state == PurchaseState.CONFIRMING:
                return move(session, purchase, PurchaseState.ACTION_REQUIRED)
            case PaymentStatus.PROCESSING if purchase.state in (
                PurchaseState.CONFIRMING,
                PurchaseState.ACTION_REQUIRED,
            ):
                return move(session, purchase, PurchaseState.PROCESSING, doubt_shown_at=now)  # the page says "checking"
            case PaymentStatus.CANCELED if purchase.state not in (PurchaseState.CREATED, PurchaseState.CANCELED):
                return _close(session, purchase, result, PurchaseState.CANCELED, now)
            case PaymentStatus.DECLINED | PaymentStatus.OPEN if purchase.state in UNSETTLED:
                if purchase.state == PurchaseState.CONFIRMING and not (own_answer or ran(session, purchase, result)):
                    return True
                return _close(session, purchase, result, PurchaseState.OPEN, now)
        return True


def retrieve_and_settle(
    session: Session,
    processor: CreditCardProcessor,
    purchase: AlbumPurchase,
    now: datetime,
    *,
    somebody_waits: bool = False,
) -> AlbumPurchase:
    """Asks Stripe how the purchase stands, and applies it. Raises PaymentError when Stripe does not answer."""
    for _ in range(_MOST_LOOKS):
        session.refresh(purchase)
        if purchase.stripe_payment_id is None or purchase.state == PurchaseState.CANCELED:
            return purchase
        seen = Seen.of(purchase)
        end_reading(session)
        result = processor.find_payment(purchase.stripe_payment_id, somebody_waits=somebody_waits)
        if settle(session, purchase, result, seen, now):
            break
    return purchase


def note_doubt(session: Session, purchase: AlbumPurchase, now: datetime) -> None:
    """Somebody reads "we are checking" of a purchase that waits for its answer: they are mailed how it ends."""
    with writing(session):  # step: who was shown doubt
        session.execute(
            update(AlbumPurchase)
            .where(
                AlbumPurchase.id == purchase.id,
                AlbumPurchase.state.in_((PurchaseState.CONFIRMING, PurchaseState.ACTION_REQUIRED)),
                AlbumPurchase.doubt_shown_at.is_(None),
            )
            .values(doubt_shown_at=now)
            .execution_options(synchronize_session=False)
        )
    session.refresh(purchase)


def cancel(
    session: Session,
    processor: CreditCardProcessor,
    purchase: AlbumPurchase,
    now: datetime,
    *,
    somebody_waits: bool = False,
) -> AlbumPurchase:
    """Ends a purchase that is not paid, if Stripe agrees. What Stripe answers is what is so: it may turn out paid.

    Raises PaymentError when Stripe does not answer; then nothing has changed.
    """
    session.refresh(purchase)
    if purchase.state == PurchaseState.CREATED:
        _cancel_created(session, purchase)
    if purchase.state in (PurchaseState.PAID, PurchaseState.CANCELED) or purchase.stripe_payment_id is None:
        return purchase
    seen = Seen.of(purchase)
    end_reading(session)
    try:
        result = processor.cancel_payment(purchase.stripe_payment_id, somebody_waits=somebody_waits)
    except PaymentError as error:
        log.info("purchase %s: Stripe would not cancel (%s); looking", purchase.public_id, error)
        try:
            return retrieve_and_settle(session, processor, purchase, now, somebody_waits=somebody_waits)
        except PaymentRefused as refusal:
            if refusal.code == UNKNOWN and purchase.state == PurchaseState.OPEN:
                return drop_unknown(session, purchase)
            raise
    if not settle(session, purchase, result, seen, now):
        retrieve_and_settle(session, processor, purchase, now, somebody_waits=somebody_waits)
    return purchase


def drop_unknown(session: Session, purchase: AlbumPurchase) -> AlbumPurchase:
    """Ends a purchase whose payment Stripe does not know and with which no attempt is on its way.

    It was opened with other keys: in test mode, or of another account.
    """
    with writing(session):  # step: canceled, for there is nothing to pay
        log.error("ATTENTION purchase %s: Stripe does not know its payment", purchase.public_id)
        move(session, purchase, PurchaseState.CANCELED)
    return purchase


def _cancel_created(session: Session, purchase: AlbumPurchase) -> None:
    """It has confirmed nothing: there is nothing to ask Stripe."""
    with writing(session):  # step: canceled without Stripe
        move(session, purchase, PurchaseState.CANCELED)


def _pay(session: Session, purchase: AlbumPurchase, result: ChargeResult, now: datetime) -> bool:
    """The money is there. Anything that does not fit is flagged for a person, and not paid out in music."""
    differs = _differences(purchase, result)
    if purchase.state not in (PurchaseState.OPEN, *UNSETTLED):
        differs.append(f"charged_while_{purchase.state}")
    if differs:
        flag(session, purchase, map(Attention, differs), now)
        if result.given_back < result.amount.amount or purchase.state not in (PurchaseState.OPEN, *UNSETTLED):
            return True
        attempt = purchase.attempt  # its owner gave all of it back: the album can be bought anew
        if not move(session, purchase, PurchaseState.CANCELED, doubt_shown_at=None):
            return False
        end_attempt(session, purchase, attempt, result, "refunded")
        return True
    attempt = purchase.attempt
    paid = {"paid_at": now, "bought_before": bought_before(purchase.email, now), **_facts(result)}
    if not move(session, purchase, PurchaseState.PAID, **paid):
        return False
    end_attempt(session, purchase, attempt, result, "succeeded")
    write_receipt(session, purchase, now)
    if _bought_before(session, purchase, now):
        flag(session, purchase, [Attention("bought_twice")], now)
    enqueue(
        session,
        "settle_aftermath",
        key=f"aftermath:{purchase.public_id}",
        due=now + BOOKED_AFTER,
        purchase=purchase.public_id,
    )
    count_sale(session, purchase)
    return True


def _bought_before(session: Session, purchase: AlbumPurchase, now: datetime) -> bool:
    """Whether the same address and card have just paid for the album in another browser: somebody should ask."""
    before = select(AlbumPurchase.id).where(
        AlbumPurchase.album_id == purchase.album_id,
        AlbumPurchase.id != purchase.id,
        AlbumPurchase.state == PurchaseState.PAID,
        AlbumPurchase.channel == Channel.STRIPE,
        AlbumPurchase.is_live(),
        AlbumPurchase.paid_at > now - BOUGHT_TWICE_WITHIN,
        AlbumPurchase.email == purchase.email,
        AlbumPurchase.card_fingerprint == purchase.card_fingerprint,
    )
    return session.scalar(before.limit(1)) is not None


def _differences(purchase: AlbumPurchase, result: ChargeResult) -> list[str]:
    differs = []
    if result.amount != purchase.price:
        differs.append("amount_differs")
    if result.reference != purchase.public_id:
        differs.append("reference_differs")
    if result.payment_id != purchase.stripe_payment_id:
        differs.append("payment_differs")
    return differs


def _facts(result: ChargeResult) -> dict[str, Any]:
    card = result.card
    return {
        "stripe_charge_id": result.charge_id,
        "fee": result.fee.amount if result.fee else None,
        "net": result.net.amount if result.net else None,
        "settled_currency": result.fee.currency if result.fee else None,
        "card_brand": card.brand if card else None,
        "card_last4": card.last4 if card else None,
        "card_country": card.country if card else None,
        "card_fingerprint": card.fingerprint if card else None,
    }


def _close(
    session: Session,
    purchase: AlbumPurchase,
    result: ChargeResult,
    to: PurchaseState,
    now: datetime,
) -> bool:
    """An attempt has ended without a charge. Who read "we are checking" is mailed so."""
    attempt, was_in_the_air = purchase.attempt, purchase.state in UNSETTLED
    told_checking = purchase.doubt_shown_at is not None
    if not move(session, purchase, to, doubt_shown_at=None):
        return False
    if was_in_the_air:  # else it ended before, and how is written down
        outcome = "canceled" if to == PurchaseState.CANCELED else "declined" if result.decline else "refused"
        end_attempt(session, purchase, attempt, result, outcome)
    if told_checking:
        write_not_charged(session, purchase, now)
    return True
