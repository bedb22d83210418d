"""A checkout that a restore has closed opens again, once all is known that the backup did not know.

A purchase that the backup remembers as unpaid may have been tried since: what its payment shows of that could be taken
for the next attempt's. So it ends here, and its buyer begins a new one; or it turns out paid.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import delete, select

from storefront.models import AlbumPurchase, CheckoutClosure, PurchaseState, end_reading, writing
from storefront.services.store.nets.reconciliation.differences import Difference
from storefront.services.store.nets.reconciliation.scope import PAGE, Scope
from storefront.services.store.settlement import cancel


def reopen(scope: Scope, closures: Sequence[int]) -> Iterator[Difference]:
    """Ends what is open, and deletes these closures if Stripe was silent of nothing."""
    last = 0
    unpaid = select(AlbumPurchase.id).where(AlbumPurchase.state == PurchaseState.OPEN).order_by(AlbumPurchase.id)
    while ids := scope.session.scalars(unpaid.where(AlbumPurchase.id > last).limit(PAGE)).all():
        last = ids[-1]
        for purchase in scope.rows(AlbumPurchase.id.in_(ids)):
            yield from scope.attempt(_end(scope, purchase), purchase.stripe_payment_id, purchase.public_id)
    if not scope.silent:
        with writing(scope.session):  # step: what the backup did not know is known; the shop sells again
            scope.session.execute(delete(CheckoutClosure).where(CheckoutClosure.id.in_(closures)))


def _end(scope: Scope, purchase: AlbumPurchase) -> Iterator[Difference]:
    end_reading(scope.session)
    cancel(scope.session, scope.processor, purchase, scope.now)
    text = f"The purchase {purchase.public_id} was unpaid in the backup; it is {purchase.state} now."
    yield Difference("open_since_backup", purchase.stripe_payment_id, purchase.public_id, text, mended=True)
