"""One paid purchase's money: what Stripe has of it now, against the mirrors of it."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from storefront.models import AlbumPurchase, Dispute, LedgerEntry, PurchaseState, Refund, end_reading
from storefront.money import Money
from storefront.payments.errors import PaymentInDoubt
from storefront.payments.results import Aftermath
from storefront.services.store.aftermath.books import apply
from storefront.services.store.aftermath.mirrors import worst
from storefront.services.store.nets.reconciliation.differences import Difference
from storefront.services.store.nets.reconciliation.scope import Scope

_MOST_LOOKS = 4
#: (kind, id at Stripe, sentence)
_Found = tuple[str, str, str]


def compare(scope: Scope, purchase: AlbumPurchase) -> Iterator[Difference]:
    """Looks at all that happened to a paid purchase's money, and writes what is missing. Raises PaymentError.

    What is young is written too, and no difference: somebody else was about to.
    """
    session = scope.session
    for _ in range(_MOST_LOOKS):
        session.refresh(purchase)
        if purchase.state != PurchaseState.PAID or purchase.stripe_charge_id is None:
            return
        seen = purchase.books_version
        end_reading(session)
        aftermath = scope.records.find_aftermath(purchase.stripe_charge_id)
        found = list(_differences(scope, purchase, aftermath))
        session.refresh(purchase)
        end_reading(session)
        if purchase.books_version != seen:
            continue  # somebody has written meanwhile: what was compared is too old
        if found and not scope.check and not apply(session, purchase, aftermath, seen, scope.now):
            continue
        if newest(aftermath) <= scope.edge:
            for kind, stripe_id, sentence in found:
                yield Difference(kind, stripe_id, purchase.public_id, sentence, mended=not scope.check)
        return
    raise PaymentInDoubt("somebody else writes of this purchase all the time")


def newest(aftermath: Aftermath) -> datetime:
    """When the last of it began."""
    parts = [part.created for part in aftermath.refunds] + [part.created for part in aftermath.disputes]
    return max(aftermath.charge.created, *parts, *(entry.created for entry in aftermath.bookings))


def _differences(scope: Scope, purchase: AlbumPurchase, aftermath: Aftermath) -> Iterator[_Found]:
    yield from _of_refunds(scope, purchase, aftermath)
    yield from _of_disputes(scope, purchase, aftermath)
    for warning in aftermath.fraud_warnings:
        if "fraud_warning" not in purchase.flags:
            yield "fraud_warning", warning, "The card's issuer has warned of fraud."
    yield from _of_bookings(scope, purchase, aftermath)


def _of_refunds(scope: Scope, purchase: AlbumPurchase, aftermath: Aftermath) -> Iterator[_Found]:
    of_purchase = select(Refund.stripe_refund_id, Refund.amount, Refund.status)
    rows = scope.session.execute(of_purchase.where(Refund.purchase_id == purchase.id))
    known = {row.stripe_refund_id: (row.amount, row.status) for row in rows}
    agreed = True
    for refund in aftermath.refunds:
        if known.get(refund.refund_id) != (refund.amount.amount, refund.status):
            agreed = False
            has = known.get(refund.refund_id, (0, "not there"))[1]
            text = f"The refund {refund.refund_id} of {refund.amount} is {refund.status}; in the shop it is {has}."
            yield "refund_differs", refund.refund_id, text
    charge = aftermath.charge
    if agreed and charge.amount_refunded != purchase.refunded:
        given = Money(charge.amount_refunded, charge.amount.currency)
        text = f"Of {charge.charge_id} {given} were given back; the purchase says {purchase.given_back}."
        yield "refund_differs", charge.charge_id, text


def _of_disputes(scope: Scope, purchase: AlbumPurchase, aftermath: Aftermath) -> Iterator[_Found]:
    of_purchase = select(Dispute.stripe_dispute_id, Dispute.status).where(Dispute.purchase_id == purchase.id)
    known = {row.stripe_dispute_id: row.status for row in scope.session.execute(of_purchase)}
    agreed = True
    for dispute in aftermath.disputes:
        if known.get(dispute.dispute_id) != dispute.status:
            agreed = False
            has = known.get(dispute.dispute_id, "not there")
            text = f"The dispute {dispute.dispute_id} is {dispute.status}; in the shop it is {has}."
            yield "dispute_differs", dispute.dispute_id, text
    status = worst([dispute.status for dispute in sorted(aftermath.disputes, key=lambda each: each.created)])
    if agreed and status != purchase.dispute:
        text = f"The disputes of {aftermath.charge.charge_id} come to {status}; the purchase says {purchase.dispute}."
        yield "dispute_differs", aftermath.charge.charge_id, text


def _of_bookings(scope: Scope, purchase: AlbumPurchase, aftermath: Aftermath) -> Iterator[_Found]:
    booking = aftermath.charge.booking
    if booking and (booking.fee, booking.net, booking.currency) != (
        purchase.fee,
        purchase.net,
        purchase.settled_currency,
    ):
        text = f"Stripe kept {booking.fee} of {aftermath.charge.charge_id}; the purchase says {purchase.fee}."
        yield "fee_differs", aftermath.charge.charge_id, text
    ids = select(LedgerEntry.stripe_id).where(LedgerEntry.purchase_id == purchase.id)
    known = set(scope.session.scalars(ids))
    for entry in aftermath.bookings:
        if entry.stripe_id not in known:
            text = f"The {entry.type} {entry.stripe_id} of {entry.net} {entry.currency} is not in the ledger."
            yield "booking_missing", entry.stripe_id, text
