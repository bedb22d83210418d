"""Charges, each against the purchase that it paid."""

from collections.abc import Collection, Iterator

from storefront.models import AlbumPurchase, PurchaseState, end_reading, writing
from storefront.payments.results import ChargeRecord
from storefront.services.store.aftermath.books import settle_aftermath
from storefront.services.store.flagging import Attention, flag
from storefront.services.store.nets.matching import find
from storefront.services.store.nets.rebuilding import rebuild
from storefront.services.store.nets.reconciliation.comparing import compare
from storefront.services.store.nets.reconciliation.differences import Difference
from storefront.services.store.nets.reconciliation.names import Names
from storefront.services.store.nets.reconciliation.orphans import report_orphan
from storefront.services.store.nets.reconciliation.scope import Scope
from storefront.services.store.settlement import Seen, retrieve_and_settle, settle


def reconcile_charges(scope: Scope, met: Names) -> Iterator[Difference]:
    """Every succeeded charge has its paid purchase, or gets it. `met` gets the ids of all of them."""
    for page in scope.pages("charges", scope.records.charges_between(scope.since, scope.until)):
        charges = [charge for charge in page if charge.succeeded]
        met.add(charge.charge_id for charge in charges)
        paid_by = {charge.payment_id for charge in charges if charge.payment_id}
        rows = scope.rows(AlbumPurchase.stripe_payment_id.in_(paid_by))
        purchases = {purchase.stripe_payment_id: purchase for purchase in rows}
        end_reading(scope.session)
        for charge in charges:
            purchase = purchases.get(charge.payment_id) if charge.payment_id else None
            name = purchase.public_id if purchase else None
            yield from scope.attempt(reconcile_charge(scope, charge, purchase), charge.charge_id, name)


def look_at_charges(scope: Scope, charge_ids: Collection[str]) -> Iterator[Difference]:
    """The same for charges of any age, of which something else was found in a list."""
    if not charge_ids:
        return
    rows = scope.rows(AlbumPurchase.stripe_charge_id.in_(charge_ids))
    purchases = {purchase.stripe_charge_id: purchase for purchase in rows}
    end_reading(scope.session)
    for charge_id in dict.fromkeys(charge_ids):
        purchase = purchases.get(charge_id)
        work = compare(scope, purchase) if purchase else _find_and_reconcile(scope, charge_id)
        yield from scope.attempt(work, charge_id, purchase.public_id if purchase else None)


def _find_and_reconcile(scope: Scope, charge_id: str) -> Iterator[Difference]:
    charge = scope.records.find_charge(charge_id)
    if charge.succeeded:
        rows = scope.rows(AlbumPurchase.stripe_payment_id == charge.payment_id) if charge.payment_id else []
        end_reading(scope.session)
        yield from reconcile_charge(scope, charge, rows[0] if rows else None)


def reconcile_charge(scope: Scope, charge: ChargeRecord, purchase: AlbumPurchase | None) -> Iterator[Difference]:
    """A succeeded charge, and the purchase of its PaymentIntent. Raises PaymentError."""
    if purchase is None:
        yield from _without_purchase(scope, charge)
    elif purchase.state != PurchaseState.PAID:
        yield from _settle(scope, charge, purchase)
    elif charge.amount != purchase.price:
        text = f"{charge.charge_id} took {charge.amount}, and its purchase says {purchase.price}."
        yield from _flag(scope, charge, purchase, "amount_differs", text)
    elif _is_outdated(charge, purchase):
        yield from compare(scope, purchase)


def _is_outdated(charge: ChargeRecord, purchase: AlbumPurchase) -> bool:
    booking = charge.booking
    booked = (booking.fee, booking.net, booking.currency) if booking else None
    known = (purchase.fee, purchase.net, purchase.settled_currency)
    return charge.amount_refunded != purchase.refunded or booked not in (None, known)


def _without_purchase(scope: Scope, charge: ChargeRecord) -> Iterator[Difference]:
    """Written down anew from what the shop once wrote into the payment; what another shop charged is left alone."""
    metadata = charge.metadata
    if "order" not in metadata and charge.payment_id:
        metadata = scope.records.find_intent(charge.payment_id).metadata
    if "order" not in metadata:
        return
    if scope.check:
        purchase = find(scope.session, metadata["order"])
        end_reading(scope.session)
    else:
        purchase = rebuild(scope.session, scope.processor, charge, metadata, scope.now)
    if purchase is None:
        yield report_orphan(scope, charge, metadata)
    elif purchase.stripe_charge_id == charge.charge_id:
        settle_aftermath(scope.session, scope.processor, purchase, scope.now)
        text = f"{charge.charge_id} of {charge.amount} had no purchase; it is written down anew."
        yield Difference("charge_without_purchase", charge.charge_id, purchase.public_id, text, mended=True)
    elif purchase.stripe_payment_id is None:  # only read: a restored row from before its payment was opened
        text = f"{charge.charge_id} of {charge.amount} paid for a purchase that does not know of it."
        yield Difference("charge_not_settled", charge.charge_id, purchase.public_id, text)
    elif purchase.stripe_payment_id != charge.payment_id:
        text = f"{charge.charge_id} of {charge.amount} names a purchase that has the payment "
        yield from _flag(
            scope, charge, purchase, "payment_differs", f"{text}{purchase.stripe_payment_id}, not {charge.payment_id}."
        )
    else:
        yield from _settle(scope, charge, purchase)


def _settle(scope: Scope, charge: ChargeRecord, purchase: AlbumPurchase) -> Iterator[Difference]:
    """A charge whose purchase does not say that it is paid; when it is young, somebody is about to write it."""
    text = f"{charge.charge_id} of {charge.amount} succeeded; its purchase is {purchase.state}."
    young = charge.created > scope.edge
    if scope.check:
        if not young:
            yield Difference("charge_not_settled", charge.charge_id, purchase.public_id, text)
        return
    _settle_whatever_state(scope, purchase)
    if purchase.state == PurchaseState.PAID:
        settle_aftermath(scope.session, scope.processor, purchase, scope.now)
        if not young:
            yield Difference(
                "charge_not_settled", charge.charge_id, purchase.public_id, f"{text} Now it is paid.", True
            )
    else:
        flags = ", ".join(purchase.flags)
        yield Difference("charge_not_settled", charge.charge_id, purchase.public_id, f"{text} It has flags: {flags}.")


def _settle_whatever_state(scope: Scope, purchase: AlbumPurchase) -> None:
    if purchase.state != PurchaseState.CANCELED:
        retrieve_and_settle(scope.session, scope.processor, purchase, scope.now)
    elif purchase.stripe_payment_id is not None:
        seen = Seen.of(purchase)
        end_reading(scope.session)
        settle(scope.session, purchase, scope.processor.find_payment(purchase.stripe_payment_id), seen, scope.now)


def _flag(
    scope: Scope, charge: ChargeRecord, purchase: AlbumPurchase, word: str, sentence: str
) -> Iterator[Difference]:
    if not scope.check:
        with writing(scope.session):  # step: a person must look
            scope.session.refresh(purchase)
            flag(scope.session, purchase, [Attention(word)], scope.now)
    yield Difference(word, charge.charge_id, purchase.public_id, sentence)
