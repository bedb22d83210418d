"""What runs by itself: the sweeper under the jobs of purchases, reconciliation with Stripe, and tidying."""

import logging
from datetime import timedelta

from storefront.jobs import Lane, Task, forget_done
from storefront.payments.errors import PaymentError
from storefront.services.library.log import forget_downloads
from storefront.services.shop.figures.of_albums import recount_albums
from storefront.services.shop.figures.recounting import recount
from storefront.services.store.aftermath.reminding import remind_of_disputes as remind
from storefront.services.store.attempts import forget_addresses
from storefront.services.store.closure import find_closure
from storefront.services.store.nets.reconciliation import LOOKS_BACK, reconcile
from storefront.services.store.nets.sweeper import sweep as sweep_purchases
from storefront.services.store.ordering import utc_now
from storefront.wiring import Wiring

log = logging.getLogger(__name__)

JOBS_KEPT = timedelta(days=7)
#: As long as some banks let a payment be disputed. https://docs.stripe.com/disputes
EVIDENCE_KEPT = timedelta(days=540)
#: How far the lists go back, every hour and every night; a message that Stripe could not deliver is lost in three days.
HOURLY_SPAN, NIGHTLY_SPAN = timedelta(days=3), timedelta(days=30)
#: The months of these last days are looked at.
RECOUNTED = timedelta(days=2)
#: How long a shop waits whose Stripe does not answer after a restore.
ASK_AGAIN = timedelta(minutes=1)


def sweep(wiring: Wiring) -> None:
    """Does what is overdue for purchases, refunds and Stripe's messages."""
    with wiring.sessions() as session:
        counts = sweep_purchases(session, wiring.processor, utc_now())
    if counts:
        log.info("swept: %s", ", ".join(f"{count} {kind}" for kind, count in counts.items()))


def reconcile_hourly(wiring: Wiring) -> None:
    """Goes through the last days' lists at Stripe."""
    _reconcile_if_answered(wiring, HOURLY_SPAN)


def reconcile_nightly(wiring: Wiring) -> None:
    """Goes through the last month's, and through the sums of each album."""
    _reconcile_if_answered(wiring, NIGHTLY_SPAN)
    with wiring.sessions() as session:
        for difference in recount_albums(session):
            log.error("ATTENTION an album's sums were mended: %s", difference)


def reconcile_after_restore(wiring: Wiring) -> timedelta | None:
    """Finds what a restored backup does not know, until the checkout is open again."""
    try:
        _reconcile(wiring, timedelta(0))
    except PaymentError as error:
        log.warning("the checkout stays closed, for Stripe does not answer: %s", error)
    with wiring.sessions() as session:
        return ASK_AGAIN if find_closure(session) else None


def _reconcile_if_answered(wiring: Wiring, span: timedelta) -> None:
    """A silent Stripe is no failure: the next hour's run looks again."""
    try:
        _reconcile(wiring, span)
    except PaymentError as error:
        log.warning("reconciliation ended early, for Stripe does not answer: %s", error)


def _reconcile(wiring: Wiring, span: timedelta) -> None:
    """Over so long; while a restore has closed the checkout, back to before its backup."""
    now = utc_now()
    with wiring.sessions() as session:
        closure = find_closure(session)
        since = min(now - span, closure.backup_made - LOOKS_BACK) if closure else now - span
        for difference in reconcile(session, wiring.processor, since, now):
            log.warning("reconciled: %s: %s", difference.kind, difference.sentence)


def remind_of_disputes(wiring: Wiring) -> None:
    """Tells of deadlines that are near."""
    with wiring.sessions() as session:
        remind(session, utc_now())


def tidy(wiring: Wiring) -> None:
    """Forgets jobs that were done long ago, and from where was bought and downloaded."""
    now = utc_now()
    with wiring.sessions() as session:
        forget_done(session, now - JOBS_KEPT, [kind for kind, task in TASKS.items() if task.every])
        forget_downloads(session, now - EVIDENCE_KEPT)
        forget_addresses(session, now - EVIDENCE_KEPT)


def recount_figures(wiring: Wiring) -> None:
    """Looks whether the overview's sums of these days add up; all of them, when the shop has another time zone."""
    zone = wiring.settings.shop_timezone
    with wiring.sessions() as session:
        for difference in recount(session, zone, utc_now().astimezone(zone).date() - RECOUNTED):
            log.error("ATTENTION the overview's sums were mended: %s", difference)


_LONG = timedelta(minutes=15)

TASKS = {
    "sweep": Task(sweep, Lane.SWEEPER, lease=_LONG, tries=1, every=timedelta(minutes=1)),
    "reconcile_hourly": Task(reconcile_hourly, Lane.BOOKS, lease=_LONG, tries=1, every=timedelta(hours=1)),
    "reconcile_nightly": Task(reconcile_nightly, Lane.BOOKS, lease=_LONG, tries=5, every=timedelta(days=1)),
    "reconcile_after_restore": Task(reconcile_after_restore, Lane.BOOKS, lease=_LONG, tries=1000),
    "recount_figures": Task(recount_figures, Lane.BOOKS, lease=_LONG, tries=5, every=timedelta(hours=1)),
    "remind_of_disputes": Task(remind_of_disputes, Lane.BOOKS, every=timedelta(hours=6)),
    "tidy": Task(tidy, Lane.BOOKS, every=timedelta(days=1)),
}
