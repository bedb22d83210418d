"""PaymentIntents that no purchase may be paid with any more: they are canceled, so that none is by accident.

Such a one is left behind by a shop that died between creating it and writing its id down, and by a restored backup.
What another shop on the same account has opened is left alone. A purchase is written down before its intent is created,
and its intent's id never changes: what is read here after the list was fetched cannot be too old to decide.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from storefront.models import Album, AlbumPurchase, PurchaseState, end_reading
from storefront.payments.errors import PaymentRefused
from storefront.payments.results import IntentRecord
from storefront.services.store.nets.reconciliation.differences import Difference
from storefront.services.store.nets.reconciliation.scope import Scope

#: Nothing can be paid with these, or it was: then the charge is what counts.
ENDED = ("succeeded", "canceled")
#: Whose purchase is lost may be with the bank still, and be written down anew when it is paid.
LOST_AFTER = timedelta(hours=1)


def reconcile_intents(scope: Scope) -> Iterator[Difference]:
    """Cancels stray PaymentIntents of this shop."""
    session = scope.session
    for page in scope.pages("payments", scope.records.payments_between(scope.since, scope.until)):
        unfinished = [intent for intent in page if intent.raw_status not in ENDED and "order" in intent.metadata]
        albums = set(
            session.scalars(
                select(Album.public_id).where(Album.public_id.in_({i.metadata.get("album", "") for i in unfinished}))
            )
        )
        rows = scope.rows(AlbumPurchase.public_id.in_({i.metadata["order"] for i in unfinished}))
        purchases = {purchase.public_id: purchase for purchase in rows}
        end_reading(session)
        for intent in unfinished:
            purchase = purchases.get(intent.metadata["order"])
            if intent.metadata.get("album") in albums and is_stray(intent, purchase, scope.now, closed=scope.closed):
                name = purchase.public_id if purchase else None
                yield from scope.attempt(_cancel(scope, intent, name), intent.payment_id, name)


def is_stray(intent: IntentRecord, purchase: AlbumPurchase | None, now: datetime, *, closed: bool) -> bool:
    """Whether nothing may be paid with it, by the row of the purchase that it names.

    A purchase without a payment is about to write this one's id down. `closed`: nobody buys, so whoever has lost the
    row is with the bank still.
    """
    if purchase is None:
        return closed or now - intent.created > LOST_AFTER
    if purchase.stripe_payment_id in (None, intent.payment_id):
        return purchase.state == PurchaseState.CANCELED
    return True


def _cancel(scope: Scope, intent: IntentRecord, purchase: str | None) -> Iterator[Difference]:
    """What Stripe answers is what is so: it may have ended meanwhile."""
    sentence = f"The payment {intent.payment_id} of {intent.amount} waits for a buyer, and no purchase is behind it."
    if scope.check:
        if scope.records.find_intent(intent.payment_id).raw_status not in ENDED:
            yield Difference("stray_payment", intent.payment_id, purchase, sentence)
        return
    try:
        scope.processor.cancel_payment(intent.payment_id)
    except PaymentRefused:
        return  # it has ended, or is being processed: then the next run sees how it ended
    yield Difference("stray_payment", intent.payment_id, purchase, f"{sentence} It is canceled.", mended=True)
