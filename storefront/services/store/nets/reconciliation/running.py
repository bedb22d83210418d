"""A whole run, in its order; and what a complete one allows: a checkout that was closed by a restore opens again."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import CheckoutClosure, end_reading
from storefront.payments import CreditCardProcessor
from storefront.services.store.nets.reconciliation.aftermaths import (
    reconcile_disputes,
    reconcile_open_disputes,
    reconcile_refunds,
    reconcile_warnings,
)
from storefront.services.store.nets.reconciliation.bookings import reconcile_bookings
from storefront.services.store.nets.reconciliation.charges import reconcile_charges
from storefront.services.store.nets.reconciliation.differences import Difference
from storefront.services.store.nets.reconciliation.intents import reconcile_intents
from storefront.services.store.nets.reconciliation.names import Names
from storefront.services.store.nets.reconciliation.orphans import find_missing_charges
from storefront.services.store.nets.reconciliation.overdue import find_overdue
from storefront.services.store.nets.reconciliation.reopening import reopen
from storefront.services.store.nets.reconciliation.scope import Scope
from storefront.services.store.nets.sweeper import sweep

#: A payment that was on its way when the backup was made was begun within these days before it.
LOOKS_BACK = timedelta(days=3)


def reconcile(
    session: Session,
    processor: CreditCardProcessor,
    since: datetime,
    now: datetime,
    *,
    check: bool = False,
    report: Callable[[str, int], None] = lambda name, count: None,
) -> Iterator[Difference]:
    """Brings the shop to what Stripe has made since then -> the differences, while they are found.

    It has run when the iterator has ended, and may be run again, or beside others, at any time. `check`: nothing is
    changed. `report` is told each list's name and how many of it were gone through. Raises PaymentError when Stripe
    does not answer: then nothing is half done, and the checkout stays closed if a restore has closed it.
    """
    closures = session.scalars(select(CheckoutClosure)).all()
    end_reading(session)
    scope = Scope(session, processor, since, now, check, report, closed=bool(closures))
    with Names() as told:
        for difference in _go_through(scope):
            name = f"{difference.kind} {difference.stripe_id or difference.sentence}"
            if not told.known([name]):  # what two lists have is one difference
                told.add([name])
                yield difference
    known = [closure.id for closure in closures if since <= closure.backup_made - LOOKS_BACK]
    if known and not check and not scope.silent:
        yield from reopen(scope, known)


def _go_through(scope: Scope) -> Iterator[Difference]:
    if scope.check:
        yield from find_overdue(scope)
    else:
        sweep(scope.session, scope.processor, scope.now)
    yield from reconcile_intents(scope)
    with Names() as met:
        yield from reconcile_charges(scope, met)
        yield from find_missing_charges(scope, met)
    yield from reconcile_refunds(scope)
    yield from reconcile_disputes(scope)
    yield from reconcile_warnings(scope)
    yield from reconcile_open_disputes(scope)
    yield from reconcile_bookings(scope)
