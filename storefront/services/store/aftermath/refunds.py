"""Giving money back: the row first, then Stripe, as with a purchase.

    commit 1   the refund's row, what it takes of the purchase, and the job that looks after it
               Stripe: create the refund, under the row's own random name
    commit 2   what came of it (books.py)

An unanswered refund is asked for again under the same key, but only after Stripe's list was looked through for it: a
key is forgotten after a day, and a restored backup may hold a row of long ago.
"""

import logging
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from storefront.jobs import enqueue
from storefront.models import (
    DISPUTES_WITH_ACCESS,
    GIVES_NOTHING,
    REFUSED,
    REQUESTED,
    Act,
    AlbumPurchase,
    Channel,
    PurchaseState,
    Refund,
    end_reading,
    writing,
)
from storefront.money import Money
from storefront.payments import CreditCardProcessor
from storefront.payments.errors import PaymentError, PaymentRefused
from storefront.services.shop.audit import Actor, record
from storefront.services.store.aftermath.books import settle_aftermath, turn_page, write_requested
from storefront.services.store.aftermath.mirrors import refunds_of
from storefront.services.store.errors import AmountNotRefundable, NotRefundable, RefundError
from storefront.services.store.flagging import Attention, flag

log = logging.getLogger(__name__)

#: When the job looks for the first time, and how often at least.
FIRST_LOOK = timedelta(seconds=10)
LOOK_AT_LEAST_EVERY = timedelta(hours=6)
#: After so long without an answer a person should look.
UNANSWERED = timedelta(hours=1)
#: Statuses of which Stripe may still tell more.
IN_THE_AIR = (REQUESTED, "pending", "requires_action")
#: What Stripe takes as a reason.
REASONS = ("duplicate", "fraudulent", "requested_by_customer")
_MOST_ROUNDS = 4


def refund(
    session: Session,
    processor: CreditCardProcessor,
    purchase: AlbumPurchase,
    amount: Money | None,
    now: datetime,
    *,
    by: Actor,
    reason: str = "",
    reference: str | None = None,
) -> Refund:
    """Gives `amount` of a paid purchase back, or all that is left -> the refund, in whatever state it now is.

    `reference`, 32 hex digits, names the wish: the same one again is the same refund. `by` asked. "requested"
    means that Stripe has not answered yet; a job goes on asking. Raises RefundError: nothing was given back.
    """
    row = _write_down(
        session, purchase, amount, now, by=by, reason=reason, reference=reference or secrets.token_hex(16)
    )
    if row.status == REQUESTED:
        try:
            _send(session, processor, purchase, row, now)
        except PaymentError as error:
            log.warning("refund %s: Stripe does not say whether it is made: %s", row.public_id, error)
    return row


def settle_refund(session: Session, processor: CreditCardProcessor, public_id: str, now: datetime) -> timedelta | None:
    """Looks after a refund until Stripe has decided: after how long to call it again, None when nothing is left."""
    row = session.scalar(select(Refund).where(Refund.public_id == public_id).options(joinedload(Refund.purchase)))
    if row is None or row.status not in IN_THE_AIR:
        return None
    try:
        settle_aftermath(session, processor, row.purchase, now)
        session.refresh(row)
        if row.status == REQUESTED:
            _send(session, processor, row.purchase, row, now)
    except RefundError as error:
        log.error("ATTENTION refund %s was refused: %s", public_id, error)
        with writing(session):  # step: who asked for it heard that it is on its way
            flag(session, row.purchase, [Attention("refund_refused", public_id)], now)
    except PaymentError as error:
        log.warning("refund %s: Stripe does not say how it stands: %s", public_id, error)
    if row.status not in IN_THE_AIR:
        return None
    if row.status == REQUESTED and now - row.created > UNANSWERED:
        with writing(session):  # step: somebody should look
            flag(session, row.purchase, [Attention("refund_unanswered", public_id)], now)
    return min(LOOK_AT_LEAST_EVERY, max(FIRST_LOOK, (now - row.created) / 4))


def rest_of(session: Session, purchase: AlbumPurchase) -> Money:
    """What can still be given back."""
    given = sum(row.amount for row in refunds_of(session, purchase) if row.status not in GIVES_NOTHING)
    return Money(max(0, purchase.amount - max(given, purchase.refunded)), purchase.currency)


def why_not(session: Session, purchase: AlbumPurchase) -> str | None:
    """A sentence if nothing of it can be given back now."""
    try:
        _check(purchase, None, rest_of(session, purchase))
    except NotRefundable as error:
        return error.sentence
    return None


def _write_down(
    session: Session,
    purchase: AlbumPurchase,
    amount: Money | None,
    now: datetime,
    *,
    by: Actor,
    reason: str,
    reference: str,
) -> Refund:
    """Commit 1. Of two at the same moment the second sees what the first has taken."""
    for _ in range(_MOST_ROUNDS):
        try:
            with writing(session):  # step: the refund is on disk before it is asked for
                row = _find_or_insert(session, purchase, amount, now, by=by, reason=reason, reference=reference)
        except IntegrityError:
            continue  # the same wish at the same moment: find it
        if row is not None:
            return row
    raise NotRefundable("busy", "the purchase does not come to rest")


def _find_or_insert(
    session: Session,
    purchase: AlbumPurchase,
    amount: Money | None,
    now: datetime,
    *,
    by: Actor,
    reason: str,
    reference: str,
) -> Refund | None:
    """None: somebody else has written of this purchase; look again."""
    session.refresh(purchase)
    same = session.scalar(select(Refund).where(Refund.public_id == reference))
    if same is not None:
        if same.purchase_id != purchase.id or (amount is not None and same.amount != amount.amount):
            raise NotRefundable("reference", "this name belongs to another refund")
        return same
    rest = rest_of(session, purchase)
    _check(purchase, amount, rest)
    if not turn_page(session, purchase, purchase.books_version):
        return None
    row = Refund(
        public_id=reference,
        purchase_id=purchase.id,
        amount=(amount or rest).amount,
        currency=purchase.currency,
        status=REQUESTED,
        reason=reason,
        requested_by=by.who,
        created=now,
    )
    session.add(row)
    session.flush()
    write_requested(session, purchase)
    given = str(Money(row.amount, row.currency))
    record(session, by, Act.PURCHASE_REFUND, purchase.public_id, now, amount=given, refund=reference, reason=reason)
    enqueue(session, "settle_refund", key=f"refund:{reference}", due=now + FIRST_LOOK, refund=reference)
    return row


def _check(purchase: AlbumPurchase, amount: Money | None, rest: Money) -> None:
    if purchase.state != PurchaseState.PAID:
        raise NotRefundable("not_paid", "it was never paid")
    if purchase.channel != Channel.STRIPE or purchase.stripe_payment_id is None:
        raise NotRefundable("free", "it was not paid here")
    if purchase.dispute not in DISPUTES_WITH_ACCESS:
        raise NotRefundable("disputed", "the buyer's bank decides about this payment")
    if rest.amount == 0:
        raise NotRefundable("refunded", "all of it was given back")
    if amount is not None and (amount.currency != rest.currency or not 0 < amount.amount <= rest.amount):
        raise AmountNotRefundable(rest)


def _send(
    session: Session, processor: CreditCardProcessor, purchase: AlbumPurchase, row: Refund, now: datetime
) -> None:
    """Asks Stripe for it, and looks at what there is then. Raises PaymentError without an answer, or NotRefundable."""
    assert purchase.stripe_payment_id is not None
    end_reading(session)
    refusal = None
    try:
        processor.refund(
            purchase.stripe_payment_id,
            Money(row.amount, row.currency),
            key=row.public_id,
            reference=row.public_id,
            reason=row.reason or None,
        )
    except PaymentRefused as error:
        refusal = error  # it may have been made by an earlier send, of which Stripe has forgotten the key
    settle_aftermath(session, processor, purchase, now)
    session.refresh(row)
    if refusal is not None and row.status == REQUESTED:
        _give_up(session, purchase, row, refusal, now)


def _give_up(session: Session, purchase: AlbumPurchase, row: Refund, refusal: PaymentRefused, now: datetime) -> None:
    """Stripe will not make it, and has not: what it took of the purchase is free again."""
    with writing(session):  # step: refused
        session.refresh(purchase, with_for_update={"of": AlbumPurchase})
        session.refresh(row)
        if row.status != REQUESTED:
            return  # somebody else has just found it in Stripe's list
        turn_page(session, purchase, purchase.books_version)
        row.status = REFUSED
        row.failure_reason = str(refusal)[:300]
        session.flush()
        flag(session, purchase, write_requested(session, purchase), now)
    raise NotRefundable(refusal.code or "refused", str(refusal)) from refusal
