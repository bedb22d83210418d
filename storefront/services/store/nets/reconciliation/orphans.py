"""Two that belong together, and one of them is not there: for a person to look at."""

import logging
from collections.abc import Iterator

from sqlalchemy import select

from storefront.models import AlbumPurchase, Channel, PurchaseState, end_reading, writing
from storefront.payments.errors import PaymentRefused
from storefront.payments.results import ChargeRecord
from storefront.services.store.flagging import Attention, flag, tell_admins
from storefront.services.store.nets.reconciliation.differences import Difference
from storefront.services.store.nets.reconciliation.names import Names
from storefront.services.store.nets.reconciliation.scope import PAGE, Scope

log = logging.getLogger(__name__)

#: Stripe's code for an id that it does not have.
NOT_THERE = "resource_missing"


def report_orphan(scope: Scope, charge: ChargeRecord, metadata: dict[str, str]) -> Difference:
    """A charge whose purchase is lost and cannot be written down anew; the admins are mailed of it once."""
    text = f"{charge.charge_id} of {charge.amount} was paid for the purchase {metadata['order']}, which is lost."
    if not scope.check:
        log.error("ATTENTION %s", text)
        with writing(scope.session):  # step: a person must look
            tell_admins(scope.session, f"object:{charge.charge_id}", text, scope.now)
    return Difference("charge_without_purchase", charge.charge_id, None, text)


def find_missing_charges(scope: Scope, met: Names) -> Iterator[Difference]:
    """Paid purchases of this time whose charge is not at Stripe; `met` are the charges that were listed."""
    columns = select(AlbumPurchase.id, AlbumPurchase.public_id, AlbumPurchase.stripe_charge_id).where(
        AlbumPurchase.state == PurchaseState.PAID,
        AlbumPurchase.channel == Channel.STRIPE,
        AlbumPurchase.paid_at >= scope.since,
        AlbumPurchase.paid_at <= scope.edge,
    )
    last = 0
    while rows := scope.session.execute(
        columns.where(AlbumPurchase.id > last).order_by(AlbumPurchase.id).limit(PAGE)
    ).all():
        end_reading(scope.session)
        last = rows[-1].id
        listed = met.known({row.stripe_charge_id for row in rows if row.stripe_charge_id})
        for row in rows:
            if row.stripe_charge_id not in listed:
                work = _look_for(scope, row.id, row.public_id, row.stripe_charge_id)
                yield from scope.attempt(work, row.stripe_charge_id, row.public_id)


def _look_for(scope: Scope, row_id: int, public_id: str, charge_id: str | None) -> Iterator[Difference]:
    """It may only be older than the list."""
    if charge_id is not None and _is_there(scope, charge_id):
        return
    if not scope.check:
        with writing(scope.session):  # step: a person must look
            purchase = scope.session.get_one(AlbumPurchase, row_id, populate_existing=True)
            flag(scope.session, purchase, [Attention("charge_missing")], scope.now)
    text = f"The purchase {public_id} is paid, and Stripe has no charge {charge_id or 'of it'} that succeeded."
    yield Difference("charge_missing", charge_id, public_id, text)


def _is_there(scope: Scope, charge_id: str) -> bool:
    try:
        return scope.records.find_charge(charge_id).succeeded
    except PaymentRefused as error:
        if error.code == NOT_THERE:
            return False
        raise
