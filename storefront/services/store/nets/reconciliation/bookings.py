"""Stripe's balance transactions, each in the ledger; and that the ledger adds up."""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import func, select

from storefront.models import CHARGES, AlbumPurchase, Dispute, LedgerEntry, Refund, end_reading, writing
from storefront.payments.results import Booking
from storefront.services.shop.figures.counting import count_bookings
from storefront.services.store.aftermath.books import write_entry
from storefront.services.store.nets.reconciliation.comparing import compare
from storefront.services.store.nets.reconciliation.differences import Difference
from storefront.services.store.nets.reconciliation.scope import ALL_TIME, Scope

_MOST_LOOKS = 4
#: Currency -> (how many, net) of bookings.
_Sums = dict[str, tuple[int, int]]


class _Line(NamedTuple):
    """A row of the ledger."""

    id: int
    purchase: int | None


class _Owner(NamedTuple):
    """A purchase."""

    id: int
    public_id: str


def reconcile_bookings(scope: Scope) -> Iterator[Difference]:
    """Writes what is missing; then the ledger's sums are Stripe's.

    A run that changes nothing compares the lines that were there when it began: somebody else may write more.
    """
    first_later = _next_line(scope) if scope.check else None
    counts: Counter[str] = Counter()
    nets: Counter[str] = Counter()
    unwritten: Counter[str] = Counter()
    for page in scope.pages("bookings", scope.records.bookings_between(scope.since, scope.until)):
        known = _known(scope, page)
        owners = _owners(scope, {entry.source for entry in page if entry.source})
        end_reading(scope.session)
        missing = [entry for entry in page if entry.stripe_id not in known or _is_found(entry, known, owners)]
        left_out = yield from _write(scope, missing, owners)
        for entry in page:
            if entry.created > scope.edge:
                continue
            line = known.get(entry.stripe_id)
            later = first_later is not None and (line is None or line.id >= first_later)
            if later or entry.stripe_id in left_out:
                unwritten[entry.currency] += entry.net
            else:
                counts[entry.currency] += 1
                nets[entry.currency] += entry.net
    listed = {currency: (counts[currency], nets[currency]) for currency in counts}
    yield from _compare_sums(scope, listed, first_later)
    if scope.since <= ALL_TIME:
        yield from _compare_balance(scope, unwritten, first_later)


def _next_line(scope: Scope) -> int:
    return (scope.session.scalar(select(func.max(LedgerEntry.id))) or 0) + 1


def _known(scope: Scope, entries: list[Booking]) -> dict[str, _Line]:
    columns = select(LedgerEntry.stripe_id, LedgerEntry.id, LedgerEntry.purchase_id)
    rows = scope.session.execute(columns.where(LedgerEntry.stripe_id.in_([entry.stripe_id for entry in entries])))
    return {row.stripe_id: _Line(row.id, row.purchase_id) for row in rows}


def _is_found(entry: Booking, known: dict[str, _Line], owners: dict[str, _Owner]) -> bool:
    """Whether an entry that no purchase explained until now belongs to one."""
    return known[entry.stripe_id].purchase is None and entry.source in owners


def _owners(scope: Scope, sources: Iterable[str]) -> dict[str, _Owner]:
    """Source of a booking -> its purchase; not there for payouts, fees, and what others charged."""
    ids, name = list(sources), AlbumPurchase.public_id
    charges = select(AlbumPurchase.stripe_charge_id, AlbumPurchase.id, name)
    refunds = select(Refund.stripe_refund_id, Refund.purchase_id, name).join(Refund.purchase)
    disputes = select(Dispute.stripe_dispute_id, Dispute.purchase_id, name).join(Dispute.purchase)
    statements = (
        charges.where(AlbumPurchase.stripe_charge_id.in_(ids)),
        refunds.where(Refund.stripe_refund_id.in_(ids)),
        disputes.where(Dispute.stripe_dispute_id.in_(ids)),
    )
    rows = (row for each in statements for row in scope.session.execute(each))
    return {str(source): _Owner(owner, public_id) for source, owner, public_id in rows}


def _write(
    scope: Scope, missing: list[Booking], owners: dict[str, _Owner]
) -> Generator[Difference, None, frozenset[str]]:
    """Writes what is missing -> the ids of what is left to the next run, for Stripe does not tell enough about it.

    Where a refund or a dispute was booked unseen, all of that purchase's money is looked at; of charges, the lists
    before this one have told all. What is no purchase's, a payout or what Stripe charges the shop, is written here
    first of all, and no difference.
    """
    told: set[str | None] = set()
    silent: set[int] = set()
    for owner in dict.fromkeys(owners[e.source] for e in missing if e.source in owners and e.type not in CHARGES):
        [purchase] = scope.rows(AlbumPurchase.id == owner.id)
        for difference in scope.attempt(compare(scope, purchase), purchase.stripe_charge_id, purchase.public_id):
            told.add(difference.stripe_id)
            if difference.kind == "unanswered":
                silent.add(owner.id)
            yield difference
    if not missing:
        return frozenset()
    lines = _known(scope, missing)
    end_reading(scope.session)
    unseen = [
        entry
        for entry in missing
        if _owner_of(entry, owners) not in silent and (entry.stripe_id not in lines or _is_found(entry, lines, owners))
    ]
    if not scope.check:
        with writing(scope.session):  # step: a page of the ledger
            written = [write_entry(scope.session, entry, _owner_of(entry, owners)) for entry in unseen]
            count_bookings(scope.session, written)
    for entry in unseen:
        if entry.source in owners and entry.stripe_id not in told and entry.created <= scope.edge:
            text = f"The {entry.type} {entry.stripe_id} of {entry.net} {entry.currency} is not in the ledger."
            name = owners[entry.source].public_id
            yield Difference("booking_missing", entry.stripe_id, name, text, mended=not scope.check)
    left = [entry for entry in missing if _owner_of(entry, owners) in silent]
    return frozenset(entry.stripe_id for entry in left if entry.stripe_id not in lines)


def _owner_of(entry: Booking, owners: dict[str, _Owner]) -> int | None:
    """The row of its purchase."""
    return owners[entry.source].id if entry.source in owners else None


def _sums(scope: Scope, first_later: int | None) -> _Sums:
    """Of the lines of the ledger since `scope.since` that are not young, by the currency that Stripe settles in."""
    sums = select(LedgerEntry.currency, func.count(), func.sum(LedgerEntry.net)).group_by(LedgerEntry.currency)
    sums = sums.where(LedgerEntry.created >= scope.since.replace(microsecond=0), LedgerEntry.created <= scope.edge)
    if first_later is not None:
        sums = sums.where(LedgerEntry.id < first_later)
    found = {currency: (count, int(net)) for currency, count, net in scope.session.execute(sums)}
    end_reading(scope.session)
    return found


def _compare_sums(scope: Scope, listed: _Sums, first_later: int | None) -> Iterator[Difference]:
    ours = _sums(scope, first_later)
    for currency in sorted(listed.keys() | ours.keys()):
        there, here = listed.get(currency, (0, 0)), ours.get(currency, (0, 0))
        if there != here:
            text = (
                f"Stripe has {there[0]} bookings of {there[1]} {currency} in all, "
                f"the ledger {here[0]} of {here[1]} {currency}."
            )
            yield Difference("ledger_differs", None, None, text)


def _compare_balance(scope: Scope, unwritten: Counter[str], first_later: int | None) -> Iterator[Difference]:
    """All of the ledger, and what was booked since its edge, is what is on the account. It moves while the shop sells:
    only what differs each time differs."""
    booked = Counter({currency: net for currency, (_, net) in _sums(scope, first_later).items()})
    booked.update(unwritten)
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
