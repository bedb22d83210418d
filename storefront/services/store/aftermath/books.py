"""The one place where what happens to a purchase's money after it was paid becomes the shop's: `settle_aftermath`.

Refunds (whoever made them), disputes, fraud warnings and bookings are fetched from Stripe all together, and written
down as Stripe has them; nothing is added up from messages. A retrieved answer ages: it is applied only while nobody
has written anything of the same purchase since it was asked for.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storefront.models import (
    AlbumPurchase,
    LedgerEntry,
    PurchaseState,
    end_reading,
    insert_once,
    writing,
)
from storefront.payments import CreditCardProcessor
from storefront.payments.errors import PaymentInDoubt
from storefront.payments.results import Aftermath, Booking
from storefront.services.shop.figures.counting import Written, count_bookings
from storefront.services.store.aftermath.mirrors import mirror_dispute, mirror_refund, refunds_of, requested, worst
from storefront.services.store.flagging import Attention, flag

_MOST_LOOKS = 4


def settle_aftermath(
    session: Session, processor: CreditCardProcessor, purchase: AlbumPurchase, now: datetime
) -> AlbumPurchase:
    """Asks Stripe what became of a paid purchase's money, and writes it down. Raises PaymentError without an answer."""
    for _ in range(_MOST_LOOKS):
        session.refresh(purchase)
        if purchase.state != PurchaseState.PAID or purchase.stripe_charge_id is None:
            return purchase
        seen = purchase.books_version
        end_reading(session)
        aftermath = processor.records.find_aftermath(purchase.stripe_charge_id)
        if apply(session, purchase, aftermath, seen, now):
            return purchase
    raise PaymentInDoubt("somebody else writes of this purchase all the time")


def apply(session: Session, purchase: AlbumPurchase, aftermath: Aftermath, seen: int, now: datetime) -> bool:
    """Writes what Stripe told; False when something was written since version `seen`: then ask again."""
    with writing(session):  # step: refunds, disputes and bookings as Stripe has them, with what follows from them
        if not turn_page(session, purchase, seen):
            return False
        disputes = sorted(aftermath.disputes, key=lambda dispute: dispute.created)
        attention = [Attention("fraud_warning", warning) for warning in aftermath.fraud_warnings]
        for refund in aftermath.refunds:
            attention += mirror_refund(session, purchase, refund, now)
        for dispute in disputes:
            attention += mirror_dispute(session, purchase, dispute)
        written = [write_entry(session, entry, purchase.id) for entry in aftermath.bookings]
        session.flush()
        attention += write_requested(session, purchase)
        _write(
            session,
            purchase,
            refunded=aftermath.charge.amount_refunded,
            dispute=worst([dispute.status for dispute in disputes]),
            **_booked(aftermath.charge.booking),
        )
        flag(session, purchase, attention, now)
        count_bookings(session, written)
    return True


def turn_page(session: Session, purchase: AlbumPurchase, seen: int) -> bool:
    """Makes this writing step the only one since version `seen`; False when somebody else was first."""
    result = session.execute(
        update(AlbumPurchase)
        .where(AlbumPurchase.id == purchase.id, AlbumPurchase.books_version == seen)
        .values(books_version=seen + 1)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    session.refresh(purchase)
    return result.rowcount == 1


def write_requested(session: Session, purchase: AlbumPurchase) -> list[Attention]:
    """Writes what the buyer was or is to be given back, as the refunds' rows say; what a person must look at.

    A full refund that Stripe refused makes a purchase live again, unless its buyer has bought the album anew meanwhile.
    """
    try:
        with session.begin_nested():
            _write(session, purchase, refund_requested=requested(purchase.amount, refunds_of(session, purchase)))
    except IntegrityError:
        session.refresh(purchase)
        return [Attention("bought_twice")]
    return []


def write_entry(session: Session, entry: Booking, purchase_id: int | None) -> Written:
    """Writes a booking down once; a purchase that is found for it later is added.

    What was written is to be counted at the end of the step.
    """
    new = insert_once(
        session,
        LedgerEntry,
        stripe_id=entry.stripe_id,
        purchase_id=purchase_id,
        type=entry.type,
        source=entry.source,
        amount=entry.amount,
        fee=entry.fee,
        net=entry.net,
        currency=entry.currency,
        created=entry.created,
    )
    if new or purchase_id is None:
        return Written(entry, new, purchase_id)
    found = session.scalar(
        update(LedgerEntry)
        .where(LedgerEntry.stripe_id == entry.stripe_id, LedgerEntry.purchase_id.is_(None))
        .values(purchase_id=purchase_id)
        .returning(LedgerEntry.id)
        .execution_options(synchronize_session=False)
    )
    return Written(entry, new, purchase_id if found else None)


def _booked(entry: Booking | None) -> dict[str, Any]:
    return {"fee": entry.fee, "net": entry.net, "settled_currency": entry.currency} if entry else {}


def _write(session: Session, purchase: AlbumPurchase, **values: Any) -> None:
    session.execute(
        update(AlbumPurchase)
        .where(AlbumPurchase.id == purchase.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(purchase)
