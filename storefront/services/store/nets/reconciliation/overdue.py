"""Rows that should have come to rest by now: a sign that the jobs do not run. Only for a run that changes nothing;
otherwise the sweeper settles them first."""

from collections.abc import Iterator

from sqlalchemy import and_, or_, select

from storefront.models import AlbumPurchase, PurchaseState, StripeEvent, end_reading
from storefront.services.store.nets.aftercare import ACTION_ENDS, DOUBT_ENDS, OPEN_ENDS
from storefront.services.store.nets.inbox import ALARM_AFTER
from storefront.services.store.nets.reconciliation.differences import Difference
from storefront.services.store.nets.reconciliation.scope import PAGE, Scope
from storefront.services.store.ordering import CREATED_LIFE

#: How long a purchase may be in a state, from its creation; the buyer may have taken a day before an attempt.
_LIMITS = {
    PurchaseState.CREATED: CREATED_LIFE,
    PurchaseState.OPEN: OPEN_ENDS,
    PurchaseState.CONFIRMING: OPEN_ENDS + DOUBT_ENDS,
    PurchaseState.ACTION_REQUIRED: OPEN_ENDS + ACTION_ENDS,
}


def find_overdue(scope: Scope) -> Iterator[Difference]:
    """At most a page of each kind."""
    limits = [
        and_(AlbumPurchase.state == state, AlbumPurchase.created < scope.edge - limit)
        for state, limit in _LIMITS.items()
    ]
    columns = select(AlbumPurchase.public_id, AlbumPurchase.state, AlbumPurchase.stripe_payment_id)
    waiting = select(StripeEvent.id, StripeEvent.type).where(
        StripeEvent.done.is_(None), StripeEvent.received < scope.edge - ALARM_AFTER
    )
    purchases = scope.session.execute(columns.where(or_(*limits)).order_by(AlbumPurchase.id).limit(PAGE)).all()
    events = scope.session.execute(waiting.order_by(StripeEvent.received).limit(PAGE)).all()
    end_reading(scope.session)
    for row in purchases:
        text = f"The purchase {row.public_id} is {row.state} still."
        yield Difference("overdue", row.stripe_payment_id, row.public_id, text)
    for event in events:
        yield Difference("overdue", event.id, None, f"Stripe's message {event.id} ({event.type}) is not handled yet.")
