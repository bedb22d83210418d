"""Refunds, disputes and fraud warnings. They may be of charges of any age, so each is listed by its own creation."""

from collections.abc import Iterator

from sqlalchemy import select

from storefront.models import DECIDED, AlbumPurchase, Dispute, Refund
from storefront.services.store.nets.reconciliation.charges import look_at_charges
from storefront.services.store.nets.reconciliation.differences import Difference
from storefront.services.store.nets.reconciliation.scope import PAGE, Scope


def reconcile_refunds(scope: Scope) -> Iterator[Difference]:
    """Those that the shop does not have as Stripe has them, whoever made them."""
    for page in scope.pages("refunds", scope.records.refunds_between(scope.since, scope.until)):
        columns = select(Refund.stripe_refund_id, Refund.amount, Refund.status)
        rows = scope.session.execute(columns.where(Refund.stripe_refund_id.in_([each.refund_id for each in page])))
        known = {row.stripe_refund_id: (row.amount, row.status) for row in rows}
        news = [each for each in page if known.get(each.refund_id) != (each.amount.amount, each.status)]
        yield from look_at_charges(scope, [each.charge_id for each in news])


def reconcile_disputes(scope: Scope) -> Iterator[Difference]:
    """Those that the shop does not have as Stripe has them."""
    for page in scope.pages("disputes", scope.records.disputes_between(scope.since, scope.until)):
        columns = select(Dispute.stripe_dispute_id, Dispute.status)
        rows = scope.session.execute(columns.where(Dispute.stripe_dispute_id.in_([each.dispute_id for each in page])))
        known = {row.stripe_dispute_id: row.status for row in rows}
        news = [each for each in page if known.get(each.dispute_id) != each.status]
        yield from look_at_charges(scope, [each.charge_id for each in news])


def reconcile_warnings(scope: Scope) -> Iterator[Difference]:
    """Those whose purchase does not say so."""
    for page in scope.pages("fraud warnings", scope.records.fraud_warnings_between(scope.since, scope.until)):
        charges = [warning.charge_id for warning in page]
        columns = select(AlbumPurchase.stripe_charge_id, AlbumPurchase.flags)
        rows = scope.session.execute(columns.where(AlbumPurchase.stripe_charge_id.in_(charges)))
        told = {row.stripe_charge_id for row in rows if "fraud_warning" in row.flags}
        yield from look_at_charges(scope, [charge for charge in charges if charge not in told])


def reconcile_open_disputes(scope: Scope) -> Iterator[Difference]:
    """Those that the shop believes to be undecided, of any age: a dispute may take longer than any list goes back."""
    undecided = (
        select(Dispute.id, AlbumPurchase.stripe_charge_id)
        .join(Dispute.purchase)
        .where(Dispute.status.not_in(DECIDED), Dispute.created < scope.since)
        .order_by(Dispute.id)
        .limit(PAGE)
    )
    last = 0
    while rows := scope.session.execute(undecided.where(Dispute.id > last)).all():
        last = rows[-1].id
        yield from look_at_charges(scope, [row.stripe_charge_id for row in rows if row.stripe_charge_id])
