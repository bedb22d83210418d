"""The net under the jobs: everything that is past its time, whether or not a job still looks after it.

It calls the same functions as the jobs do, and like them never causes a charge. When Stripe does not answer, it stops:
the next sweep begins where there is most to lose.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from storefront.models import AlbumPurchase, Channel, PurchaseState, Refund, StripeEvent
from storefront.payments import CreditCardProcessor
from storefront.payments.errors import PaymentError, PaymentRefused
from storefront.services.store.aftermath import refunds
from storefront.services.store.aftermath.books import settle_aftermath
from storefront.services.store.closure import is_closed
from storefront.services.store.nets import inbox
from storefront.services.store.nets.aftercare import OPEN_ENDS, look_after, sent_at
from storefront.services.store.ordering import CREATED_LIFE
from storefront.services.store.settlement import cancel
from storefront.services.store.transitions import UNSETTLED

log = logging.getLogger(__name__)

#: What a job should have done by then.
PATIENCE = timedelta(minutes=1)
#: A charge that is not booked by then is asked about again, every sweep's share of them.
BOOKED_BY = timedelta(hours=1)
MOST_AT_ONCE = 200
#: After so many purchases in a row of which Stripe tells nothing, the rest would wait for nothing too.
MOST_SILENT = 3


def sweep(session: Session, processor: CreditCardProcessor, now: datetime) -> Counter[str]:
    """Does what is overdue -> how many of each kind were looked at, and how many Stripe was silent about."""
    counts: Counter[str] = Counter()
    silent = 0
    for kind, name, work in _overdue(session, processor, now):
        counts[kind] += 1
        try:
            work()
            silent = 0
        except PaymentRefused as error:
            log.error("sweeping %s %s: Stripe refuses: %s", kind, name, error)
            counts["refused"] += 1
            silent = 0
        except PaymentError as error:
            log.warning("sweeping %s %s: Stripe does not tell: %s", kind, name, error)
            counts["silent"] += 1
            silent += 1
            if silent >= MOST_SILENT:
                break
    return counts


def _overdue(
    session: Session, processor: CreditCardProcessor, now: datetime
) -> Iterable[tuple[str, str, Callable[[], object]]]:
    """(kind, name, what to do) of everything past its time, what buyers wait for first."""
    for purchase in _purchases(session, AlbumPurchase.state.in_(UNSETTLED)):
        if now - sent_at(session, purchase) >= PATIENCE:
            yield "unsettled", purchase.public_id, partial(look_after, session, processor, purchase, now)
    undone = select(StripeEvent.id, StripeEvent.received, StripeEvent.tries).where(
        StripeEvent.done.is_(None), StripeEvent.received < now - PATIENCE
    )
    for event in session.execute(undone.order_by(StripeEvent.tries, StripeEvent.received).limit(MOST_AT_ONCE)).all():
        if now - event.received - PATIENCE >= inbox.wait_after(event.tries):
            yield "events", event.id, partial(inbox.handle, session, processor, event.id, now)
    for refund_id in session.scalars(
        select(Refund.public_id)
        .where(Refund.status.in_(refunds.IN_THE_AIR), Refund.created < now - PATIENCE)
        .order_by(Refund.id)
        .limit(MOST_AT_ONCE)
    ).all():
        yield "refunds", refund_id, partial(refunds.settle_refund, session, processor, refund_id, now)
    unpaid = or_(
        and_(AlbumPurchase.state == PurchaseState.CREATED, AlbumPurchase.created < now - CREATED_LIFE - PATIENCE),
        and_(AlbumPurchase.state == PurchaseState.OPEN, AlbumPurchase.created < now - OPEN_ENDS - PATIENCE),
    )
    for purchase in [] if is_closed(session) else _purchases(session, unpaid):
        yield "abandoned", purchase.public_id, partial(cancel, session, processor, purchase, now)
    unbooked = and_(
        AlbumPurchase.state == PurchaseState.PAID,
        AlbumPurchase.channel == Channel.STRIPE,
        AlbumPurchase.fee.is_(None),
        AlbumPurchase.paid_at < now - BOOKED_BY,
    )
    for purchase in _purchases(session, unbooked):
        yield "unbooked", purchase.public_id, partial(settle_aftermath, session, processor, purchase, now)


def _purchases(session: Session, condition: object) -> list[AlbumPurchase]:
    wanted = select(AlbumPurchase).where(condition)  # type: ignore[arg-type]
    newest_first = wanted.order_by(AlbumPurchase.id.desc()).limit(MOST_AT_ONCE)
    return list(session.scalars(newest_first.execution_options(populate_existing=True)))
