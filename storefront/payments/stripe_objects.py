"""Stripe's objects -> ours (results.py). What is missing in one raises an error of UNREADABLE: an answer in doubt."""

from datetime import UTC, datetime
from typing import Any

import stripe

from storefront.money import Money
from storefront.payments.declines import describe
from storefront.payments.results import (
    Booking,
    Card,
    ChargeRecord,
    ChargeResult,
    DisputeResult,
    FraudWarning,
    IntentRecord,
    PaymentStatus,
    RefundResult,
    Tried,
)

#: What reading an answer runs into that is not what it should be.
UNREADABLE = (AssertionError, AttributeError, KeyError, TypeError, ValueError)

_STATUS = {
    "succeeded": PaymentStatus.SUCCEEDED,
    "requires_action": PaymentStatus.ACTION_REQUIRED,
    "processing": PaymentStatus.PROCESSING,
    "canceled": PaymentStatus.CANCELED,
}


def charge_result(intent: stripe.PaymentIntent) -> ChargeResult:
    """An intent whose latest_charge.balance_transaction was expanded."""
    charge = intent.latest_charge if isinstance(intent.latest_charge, stripe.Charge) else None
    charge_id = id_of(intent.latest_charge)
    transaction = _expanded_booking(charge.balance_transaction) if charge else None
    error = intent.last_payment_error
    method = getattr(error, "payment_method", None)
    return ChargeResult(
        payment_id=intent.id,
        status=_status(intent),
        amount=Money(intent.amount, intent.currency),
        charge_id=charge_id if intent.status == "succeeded" else None,
        fee=Money(transaction.fee, transaction.currency) if transaction else None,
        net=Money(transaction.net, transaction.currency) if transaction else None,
        card=_card(charge) if charge else card_of(method),
        client_secret=intent.client_secret,
        decline=describe(_part(error, "code"), _part(error, "decline_code"))
        if error and intent.status == "requires_payment_method"
        else None,
        tried=Tried(payment_method=method.id if method else None, charge=charge_id),
        raw_status=intent.status,
        reference=_metadata(intent).get("order"),
        given_back=charge.amount_refunded if charge else 0,
    )


def intent_record(intent: stripe.PaymentIntent) -> IntentRecord:
    return IntentRecord(
        payment_id=intent.id,
        raw_status=intent.status,
        amount=Money(intent.amount, intent.currency),
        metadata=_metadata(intent),
        charge_id=id_of(intent.latest_charge),
        created=_time(intent.created),
    )


def charge_record(charge: stripe.Charge) -> ChargeRecord:
    """A charge whose balance_transaction was expanded."""
    details = charge.billing_details
    return ChargeRecord(
        charge_id=charge.id,
        payment_id=id_of(charge.payment_intent),
        amount=Money(charge.amount, charge.currency),
        amount_refunded=charge.amount_refunded,
        succeeded=charge.status == "succeeded",
        metadata=_metadata(charge),
        email=details.email if details else None,
        card=_card(charge),
        created=_time(charge.created),
        booking=_expanded_booking(charge.balance_transaction),
    )


def refund_result(refund: stripe.Refund) -> RefundResult:
    """A refund whose balance_transaction and failure_balance_transaction were expanded."""
    bookings = (
        _expanded_booking(refund.balance_transaction),
        _expanded_booking(getattr(refund, "failure_balance_transaction", None)),
    )
    charge_id = id_of(refund.charge)
    assert charge_id is not None
    assert refund.status is not None
    return RefundResult(
        refund_id=refund.id,
        charge_id=charge_id,
        payment_id=id_of(refund.payment_intent),
        amount=Money(refund.amount, refund.currency),
        status=refund.status,
        failure_reason=getattr(refund, "failure_reason", None),
        reason=refund.reason,
        reference=_metadata(refund).get("refund"),
        created=_time(refund.created),
        bookings=tuple(booking for booking in bookings if booking is not None),
    )


def dispute_result(dispute: stripe.Dispute) -> DisputeResult:
    charge_id = id_of(dispute.charge)
    assert charge_id is not None
    due = dispute.evidence_details.due_by
    return DisputeResult(
        dispute_id=dispute.id,
        charge_id=charge_id,
        payment_id=id_of(dispute.payment_intent),
        amount=Money(dispute.amount, dispute.currency),
        status=dispute.status,
        reason=dispute.reason,
        evidence_due=_time(due) if due else None,
        submissions=dispute.evidence_details.submission_count,
        created=_time(dispute.created),
        bookings=tuple(booking(transaction) for transaction in dispute.balance_transactions),
    )


def fraud_warning(warning: stripe.radar.EarlyFraudWarning) -> FraudWarning:
    charge_id = id_of(warning.charge)
    assert charge_id is not None
    return FraudWarning(warning.id, charge_id)


def booking(transaction: stripe.BalanceTransaction) -> Booking:
    return Booking(
        stripe_id=transaction.id,
        type=transaction.type,
        source=id_of(transaction.source),
        amount=transaction.amount,
        fee=transaction.fee,
        net=transaction.net,
        currency=transaction.currency,
        created=_time(transaction.created),
    )


def card_record(card: Any, kind: str) -> Card:
    """What may be kept of `card`, in a charge or a token; None for what is no card but of that `kind`."""
    if card is None:
        return Card(brand=kind, last4="", country=None, fingerprint=None, wallet=None)
    return Card(
        brand=card.brand or "card",
        last4=card.last4 or "",
        country=card.country,
        fingerprint=getattr(card, "fingerprint", None),
        wallet=card.wallet.type if card.wallet else None,
    )


def card_of(method: Any) -> Card | None:
    """Of a PaymentMethod or its preview; None when it is no card, or not there."""
    card = getattr(method, "card", None)
    if card is None:
        return None
    return Card(
        brand=card.brand or "card",
        last4=card.last4 or "",
        country=_part(card, "country"),
        fingerprint=_part(card, "fingerprint"),
        wallet=card.wallet.type if getattr(card, "wallet", None) else None,
    )


def _card(charge: stripe.Charge) -> Card | None:
    details = charge.payment_method_details
    return card_record(details.card, details.type) if details else None


def _expanded_booking(transaction: Any) -> Booking | None:
    return booking(transaction) if isinstance(transaction, stripe.BalanceTransaction) else None


def _status(intent: stripe.PaymentIntent) -> PaymentStatus:
    if intent.status in ("requires_payment_method", "requires_confirmation"):
        return PaymentStatus.DECLINED if intent.last_payment_error else PaymentStatus.OPEN
    return _STATUS[intent.status]


def _metadata(subject: Any) -> dict[str, str]:
    return dict(subject.metadata.to_dict()) if subject.metadata else {}


def id_of(subject: Any) -> str | None:
    """Of what may be expanded, an id, or nothing."""
    found = subject if subject is None or isinstance(subject, str) else subject.id
    assert found is None or isinstance(found, str)
    return found


def _part(error: Any, name: str) -> str | None:
    """Of an error of Stripe's, which leaves out what it has nothing to say of."""
    value = getattr(error, name, None)
    return value if isinstance(value, str) else None


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
