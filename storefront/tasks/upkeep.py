"""What runs by itself: the sweeper under the jobs of purchases, reconciliation with Stripe, and tidying."""

import logging
from datetime import timedelta

from storefront.jobs import Lane, Task, forget_done
from storefront.services.store.nets.sweeper import sweep as sweep_purchases
from storefront.services.store.ordering import utc_now
from storefront.wiring import Wiring

log = logging.getLogger(__name__)

JOBS_KEPT = timedelta(days=7)


def sweep(wiring: Wiring) -> None:
    """Does what is overdue for purchases, refunds and Stripe's messages."""
    with wiring.sessions() as session:
        counts = sweep_purchases(session, wiring.processor, utc_now())
    if counts:
        log.info("swept: %s", ", ".join(f"{count} {kind}" for kind, count in counts.items()))


def tidy(wiring: Wiring) -> None:
    """Forgets jobs that were done long ago."""
    with wiring.sessions() as session:
        forget_done(session, utc_now() - JOBS_KEPT)


TASKS = {
    "sweep": Task(sweep, Lane.BOOKS, lease=timedelta(minutes=15), tries=1, every=timedelta(minutes=1)),
    "tidy": Task(tidy, Lane.BOOKS, every=timedelta(days=1)),
}
