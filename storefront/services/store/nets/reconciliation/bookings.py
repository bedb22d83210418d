"""Stripe's balance transactions, each in the ledger; and that the ledger adds up."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import func, select

from storefront.models import AlbumPurchase, Dispute, LedgerEntry, Refund, end_reading, writing
from storefront.payments.results import Booking
from storefront.services.store.aftermath.books import write_entry
from storefront.services.store.nets.reconciliation.comparing import compare
from storefront.services.store.nets.reconciliation.differences import Difference
from storefront.services.store.nets.reconciliation.scope import ALL_TIME, Scope

_MOST_LOOKS = 4
#: Currency -> (how many, net) of bookings.
_Sums = dict[str, tuple[int, int]]


def reconcile_bookings(scope: Scope) -> Iterator[Difference]:
    """Writes what is missing; then the ledger's sums are Stripe's."""
    counts: Counter[str] = Counter()
    nets: Counter[str] = Counter()
    unwritten: Counter[str] = Counter()
    for page in scope.pages("bookings", scope.records.bookings_between(scope.since, scope.until)):
        known = _known(scope, page)
        owners = _owners(scope, {entry.source for entry in page if entry.source})
        end_reading(scope.session)
        missing = [entry for entry in page if entry.stripe_id not in known or _is_found(entry, known, owners)]
        yield from _write(scope, missing, owners)
        for entry in page:
            if entry.created > scope.edge:
                continue
            if scope.check and entry.stripe_id not in known:
                unwritten[entry.currency] += entry.net
                continue
            counts[entry.currency] += 1
            nets[entry.currency] += entry.net
    yield from _compare_sums(scope, {currency: (counts[currency], nets[currency]) for currency in counts})
    if scope.since <= ALL_TIME:
        yield from _compare_balance(scope, unwritten)


def _known(scope: Scope, page: list[Booking]) -> dict[str, int | None]:
    columns = select(LedgerEntry.stripe_id, LedgerEntry.purchase_id)
    rows = scope.session.execute(columns.where(LedgerEntry.stripe_id.in_([entry.stripe_id for entry in page])))
    return {row.stripe_id: row.purchase_id for row in rows}


def _is_found(entry: Booking, known: dict[str, int | None], owners: dict[str, int]) -> bool:
    """Whether an entry that no purchase explained until now belongs to one."""
    return known[entry.stripe_id] is None and entry.source in owners


def _owners(scope: Scope, sources: Iterable[str]) -> dict[str, int]:
    """Source of a booking -> the row of its purchase; not there for payouts, fees, and what others charged."""
    ids = list(sources)
    statements = (
        select(AlbumPurchase.stripe_charge_id, AlbumPurchase.id).where(AlbumPurchase.stripe_charge_id.in_(ids)),
        select(Refund.stripe_refund_id, Refund.purchase_id).where(Refund.stripe_refund_id.in_(ids)),
        select(Dispute.stripe_dispute_id, Dispute.purchase_id).where(Dispute.stripe_dispute_id.in_(ids)),
    )
    return {source: owner for each in statements for source, owner in scope.session.execute(each) if source}


def _write(scope: Scope, missing: list[Booking], owners: dict[str, int]) -> Iterator[Difference]:
    """What is missing of a purchase may be missing elsewhere too: all of its money is looked at. What is no
    purchase's, a payout or what Stripe charges the shop, is written here first of all, and no difference."""
    told: set[str | None] = set()
    for owner in dict.fromkeys(owners[entry.source] for entry in missing if entry.source in owners):
        [purchase] = scope.rows(AlbumPurchase.id == owner)
        for difference in scope.attempt(compare(scope, purchase), purchase.stripe_charge_id, purchase.public_id):
            told.add(difference.stripe_id)
            yield difference
    if missing and not scope.check:
        with writing(scope.session):  # step: a page of the ledger
            for entry in missing:
                write_entry(scope.session, entry, owners.get(entry.source or ""))
    for entry in missing:
        if entry.source in owners and entry.stripe_id not in told and scope.check and entry.created <= scope.edge:
            text = f"The {entry.type} {entry.stripe_id} of {entry.net} {entry.currency} is not in the ledger."
            yield Difference("booking_missing", entry.stripe_id, None, text)


def _compare_sums(scope: Scope, listed: _Sums) -> Iterator[Difference]:
    """Of what is not young, by the currency that Stripe settles in."""
    sums = select(LedgerEntry.currency, func.count(), func.sum(LedgerEntry.net)).group_by(LedgerEntry.currency)
    of_this_time = LedgerEntry.created >= scope.since.replace(microsecond=0), LedgerEntry.created <= scope.edge
    ours = {currency: (count, int(net)) for currency, count, net in scope.session.execute(sums.where(*of_this_time))}
    end_reading(scope.session)
    for currency in sorted(listed.keys() | ours.keys()):
        there, here = listed.get(currency, (0, 0)), ours.get(currency, (0, 0))
        if there != here:
            text = (
                f"Stripe has {there[0]} bookings of {there[1]} {currency} in all, "
                f"the ledger {here[0]} of {here[1]} {currency}."
            )
            yield Difference("ledger_differs", None, None, text)


def _compare_balance(scope: Scope, unwritten: Counter[str]) -> Iterator[Difference]:
    """All of the ledger, and what was booked since its edge, is what is on the account. It moves while the shop sells:
    only what differs each time differs."""
    sums = select(LedgerEntry.currency, func.sum(LedgerEntry.net)).group_by(LedgerEntry.currency)
    rows = scope.session.execute(sums.where(LedgerEntry.created <= scope.edge))
    booked = Counter({currency: int(net) for currency, net in rows})
    booked.update(unwritten)
    end_reading(scope.session)
    for _ in range(_MOST_LOOKS):
        expected = Counter(booked)
        for entry in scope.records.bookings_between(scope.edge, scope.until):
            if entry.created > scope.edge:
                expected[entry.currency] += entry.net
        balance = scope.records.balance()
        differing = [
            each for each in sorted(expected.keys() | balance.keys()) if expected[each] != balance.get(each, 0)
        ]
        if not differing:
            return
    for currency in differing:
        text = (
            f"The balance at Stripe is {balance.get(currency, 0)} {currency}, the ledger comes to {expected[currency]}."
        )
        yield Difference("balance_differs", None, None, text)
