"""Which purchase one of Stripe's objects belongs to."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from storefront.models import AlbumPurchase, end_reading
from storefront.payments import CreditCardProcessor


def find(session: Session, public_id: str) -> AlbumPurchase | None:
    return _one(session, AlbumPurchase.public_id == public_id)


def find_by_charge(session: Session, charge_id: str) -> AlbumPurchase | None:
    return _one(session, AlbumPurchase.stripe_charge_id == charge_id)


def find_by_payment(session: Session, payment_id: str) -> AlbumPurchase | None:
    return _one(session, AlbumPurchase.stripe_payment_id == payment_id)


def find_by_object(session: Session, processor: CreditCardProcessor, object_id: str) -> AlbumPurchase | None:
    """The purchase of a PaymentIntent, a charge, a refund, a dispute or a fraud warning.

    A purchase whose PaymentIntent is another one, or not written down yet, is not it. Raises PaymentError.
    """
    charge_id, payment_id = None, object_id
    if not object_id.startswith("pi_"):
        end_reading(session)
        charge_id = processor.records.find_charge_of(object_id)
        if charge_id is None:
            return None
        purchase = find_by_charge(session, charge_id)
        if purchase is not None:
            return purchase
        end_reading(session)
        payment_id = processor.records.find_charge(charge_id).payment_id or ""
    return find_by_payment(session, payment_id)


def _one(session: Session, condition: object) -> AlbumPurchase | None:
    wanted = select(AlbumPurchase).where(condition).options(joinedload(AlbumPurchase.album))  # type: ignore[arg-type]
    return session.scalar(wanted.execution_options(populate_existing=True))
