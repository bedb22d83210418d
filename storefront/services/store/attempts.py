"""What is known of an attempt to pay: how it ended, and the evidence that it ran."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storefront.models import AlbumPurchase, PaymentAttempt, writing
from storefront.payments.results import ChargeResult


def end_attempt(session: Session, purchase: AlbumPurchase, number: int, result: ChargeResult, outcome: str) -> None:
    """Records how the attempt ended, with what the intent had tried by then: later evidence must differ from it."""
    decline = result.decline
    session.execute(
        update(PaymentAttempt)
        .where(PaymentAttempt.purchase_id == purchase.id, PaymentAttempt.number == number)
        .values(
            outcome=outcome,
            decline_code=(decline.decline_code or decline.code) if decline else None,
            decline_message=decline.message if decline else None,
            tried_payment_method=result.tried.payment_method,
            tried_charge=result.tried.charge,
        )
        .execution_options(synchronize_session=False)
    )


def ran(session: Session, purchase: AlbumPurchase, result: ChargeResult) -> bool:
    """Whether the intent has tried something that no earlier attempt recorded: then the attempt in question ran."""
    earlier = session.execute(
        select(PaymentAttempt.tried_payment_method, PaymentAttempt.tried_charge).where(
            PaymentAttempt.purchase_id == purchase.id, PaymentAttempt.number < purchase.attempt
        )
    ).all()
    methods, charges = {row[0] for row in earlier}, {row[1] for row in earlier}
    tried = result.tried
    return (tried.payment_method is not None and tried.payment_method not in methods) or (
        tried.charge is not None and tried.charge not in charges
    )


def forget_addresses(session: Session, before: datetime) -> None:
    """Of what was sent before then, nobody knows any more from where."""
    with writing(session):  # step: what no bank will ask about is forgotten
        session.execute(
            update(PaymentAttempt)
            .where(PaymentAttempt.sent_at < before, PaymentAttempt.address.is_not(None))
            .values(address=None)
            .execution_options(synchronize_session=False)
        )
