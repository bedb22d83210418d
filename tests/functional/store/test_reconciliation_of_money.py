"""The lists of refunds, disputes, warnings and bookings, as the only net under what happens after a payment."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from storefront.models import AlbumPurchase, LedgerEntry, PurchaseState, Refund, writing
from storefront.services.store.nets.reconciliation import ALL_TIME
from tests.functional.store.conftest import Till
from tests.support.reconciling import A_DAY, Reconciler, forget, forget_jobs

DAY = 24 * 3600


@pytest.fixture
def reconciler(till: Till) -> Reconciler:
    return Reconciler(till.wiring)


def sold(till: Till, reconciler: Reconciler, card: str = "pm_card_visa") -> AlbumPurchase:
    """A purchase that is booked, with nothing left to do."""
    till.buy(card)
    till.worker.run_due()
    reconciler.run()
    forget_jobs(till.session)
    return till.row


def test_a_refund_from_the_dashboard(till: Till, reconciler: Reconciler) -> None:
    purchase = sold(till, reconciler)
    there = till.sandbox.refund(purchase.stripe_payment_id or "", 300)

    [checked] = [each for each in reconciler.run(check=True) if each.kind == "refund_differs"]
    assert (checked.stripe_id, checked.purchase, checked.mended) == (there["id"], purchase.public_id, False)
    assert till.refunds == []

    assert set(reconciler.kinds()) == {"refund_differs", "booking_missing"}
    [mirror] = till.refunds
    assert (mirror.stripe_refund_id, mirror.amount, mirror.status) == (there["id"], 300, "succeeded")
    assert till.row.refunded == 300
    assert till.row.has_access
    assert "refunded" in till.mails
    assert reconciler.run() == []


def test_refunds_of_a_charge_that_is_older_than_the_list(till: Till, reconciler: Reconciler) -> None:
    purchase = sold(till, reconciler)
    till.sandbox.shift_clock(40 * DAY)
    for amount in (200, 700):
        till.sandbox.refund(purchase.stripe_payment_id or "", amount)
    till.sandbox.shift_clock(0)

    later = 40 * A_DAY + timedelta(minutes=10)
    assert "refund_differs" in reconciler.kinds(later=later)
    assert sorted(refund.amount for refund in till.refunds) == [200, 700]
    assert not till.row.has_access


def test_a_refund_that_failed_later(till: Till, reconciler: Reconciler) -> None:
    purchase = sold(till, reconciler, "pm_card_refundFail")
    till.sandbox.refund(purchase.stripe_payment_id or "")
    reconciler.run()
    till.sandbox.shift_clock(DAY)
    till.stripe.v1.balance.retrieve()  # Stripe does what is due

    reconciler.run(later=2 * A_DAY)
    assert [refund.status for refund in till.refunds] == ["failed"]
    assert till.row.flags == ["refund_failed"]
    assert (till.row.refunded, till.row.refund_requested) == (0, 900)


def test_a_dispute_from_its_beginning_to_its_end(till: Till, reconciler: Reconciler) -> None:
    purchase = sold(till, reconciler)
    [there] = till.sandbox.dispute(purchase.stripe_charge_id or "")
    assert "dispute_differs" in reconciler.kinds()
    assert till.row.dispute == "needs_response"
    assert not till.row.has_access

    till.sandbox.send_evidence(there["id"], "winning_evidence")
    till.sandbox.shift_clock(DAY)
    till.stripe.v1.balance.retrieve()
    assert "dispute_differs" in reconciler.kinds(later=2 * A_DAY)
    assert till.row.dispute == "won"
    assert till.row.has_access


def test_a_dispute_that_is_lost_long_after_it_began(till: Till, reconciler: Reconciler) -> None:
    """No list of a month has it, and nothing is booked when it is lost."""
    purchase = sold(till, reconciler)
    [there] = till.sandbox.dispute(purchase.stripe_charge_id or "")
    reconciler.run()
    till.sandbox.give_up(there["id"])

    [difference] = reconciler.run(later=60 * A_DAY)
    assert (difference.kind, difference.stripe_id) == ("dispute_differs", there["id"])
    assert till.row.dispute == "lost"
    assert reconciler.run(later=60 * A_DAY) == []


def test_a_fraud_warning(till: Till, reconciler: Reconciler) -> None:
    purchase = sold(till, reconciler)
    warning = till.sandbox.warn_of_fraud(purchase.stripe_charge_id or "")
    [difference] = reconciler.run()
    assert (difference.kind, difference.stripe_id) == ("fraud_warning", warning["id"])
    assert till.row.flags == ["fraud_warning"]
    assert reconciler.run() == []


def test_what_was_kept_of_a_charge(till: Till, reconciler: Reconciler) -> None:
    till.buy()
    forget_jobs(till.session)
    assert till.row.fee is None

    assert set(reconciler.kinds()) == {"fee_differs", "booking_missing"}
    assert (till.row.fee, till.row.net) == (56, 844)
    assert [(entry.type, entry.net, entry.purchase_id) for entry in till.ledger] == [("charge", 844, till.row.id)]


def test_a_booking_that_is_missing(till: Till, reconciler: Reconciler) -> None:
    sold(till, reconciler)
    with writing(till.session):
        till.session.execute(delete(LedgerEntry))
    assert reconciler.kinds(check=True) == ["booking_missing"]
    assert till.ledger == []
    assert reconciler.kinds() == ["booking_missing"]
    assert [entry.purchase_id for entry in till.ledger] == [till.row.id]


def test_a_booking_of_a_purchase_that_stripe_is_silent_about_is_left_for_the_next_run(
    till: Till, reconciler: Reconciler
) -> None:
    purchase = sold(till, reconciler)
    till.refund(purchase, 300)
    reconciler.run()
    with writing(till.session):
        till.session.execute(delete(LedgerEntry))
    till.sandbox.fault("drop_before", "/v1/charges/ch_[A-Za-z0-9]+", method="GET", count=3)
    assert reconciler.kinds(since=ALL_TIME) == ["unanswered"]
    assert till.ledger == []
    assert reconciler.kinds(since=ALL_TIME) == ["booking_missing", "booking_missing"]
    assert sum(entry.net for entry in till.ledger) == till.sandbox.balance["eur"]


def test_all_of_the_account(till: Till, reconciler: Reconciler) -> None:
    """What this shop sold, what was charged past it, refunds and disputes: the ledger is the balance."""
    past_it: Any = {"amount": 700, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa",
                    "return_url": "https://example.com", "allowed_payment_method_types": ["card"]}  # fmt: skip
    till.stripe.v1.payment_intents.create(past_it)
    purchase = till.buy()
    till.sandbox.refund(purchase.stripe_payment_id or "", 250)
    till.sandbox.dispute(till.sandbox.charges[0]["id"])
    till.sandbox.dispute(purchase.stripe_charge_id or "")

    assert all(difference.mended for difference in reconciler.run(since=ALL_TIME))
    assert sum(entry.net for entry in till.ledger) == till.sandbox.balance["eur"]
    assert Counter(entry.purchase_id is None for entry in till.ledger) == {True: 2, False: 3}
    for check in (True, False):
        assert reconciler.run(since=ALL_TIME, check=check) == []


def test_young_bookings_are_not_held_against_the_ledger(till: Till, reconciler: Reconciler) -> None:
    sold(till, reconciler)
    with writing(till.session):
        till.session.execute(delete(LedgerEntry))
    assert reconciler.run(since=ALL_TIME, check=True, later=timedelta(0)) == []


@pytest.mark.parametrize("check", [True, False])
def test_books_that_do_not_add_up(till: Till, reconciler: Reconciler, check: bool) -> None:
    sold(till, reconciler)
    with writing(till.session):
        till.session.execute(update(LedgerEntry).values(net=LedgerEntry.net + 1))

    found = reconciler.run(since=ALL_TIME, check=check)
    assert [(each.kind, each.mended) for each in found] == [("ledger_differs", False), ("balance_differs", False)]
    assert found[0].sentence == "Stripe has 1 bookings of 844 eur in all, the ledger 1 of 845 eur."
    assert found[1].sentence == "The balance at Stripe is 844 eur, the ledger comes to 845."


def test_an_entry_that_stripe_does_not_have(till: Till, reconciler: Reconciler) -> None:
    purchase = sold(till, reconciler)
    with writing(till.session):
        false = {"stripe_id": "txn_false", "type": "charge", "source": "ch_false", "currency": "jpy"}
        amounts = {"amount": 5, "fee": 0, "net": 5, "created": datetime.now(UTC)}
        till.session.add(LedgerEntry(purchase_id=purchase.id, **false, **amounts))
    assert reconciler.kinds() == ["ledger_differs"]
    assert reconciler.kinds(since=ALL_TIME) == ["ledger_differs", "balance_differs"]


def test_what_cannot_be_asked_does_not_stop_the_rest(till: Till, reconciler: Reconciler) -> None:
    """Stripe is silent about a charge, when its turn comes; then comes the list of refunds."""
    purchase = sold(till, reconciler)
    till.sandbox.refund(purchase.stripe_payment_id or "", 300)
    till.sandbox.fault("drop_before", "/v1/charges/ch_[A-Za-z0-9]+", method="GET", count=3)
    found = reconciler.kinds()
    assert found[0] == "unanswered"
    assert "refund_differs" in found
    assert [refund.amount for refund in till.refunds] == [300]


def test_a_refund_that_was_asked_for_and_never_made(till: Till, reconciler: Reconciler) -> None:
    """The sweep that comes first asks again."""
    purchase = sold(till, reconciler)
    till.sandbox.fault("drop_before", "/v1/refunds", method="POST", count=3)
    till.refund(purchase, 300)
    till.sandbox.forget_faults()
    forget_jobs(till.session)
    assert [refund.status for refund in till.refunds] == ["requested"]
    reconciler.run()
    assert [refund.status for refund in till.refunds] == ["succeeded"]


def test_a_message_in_the_middle_makes_no_difference(till: Till, reconciler: Reconciler) -> None:
    """Between reading the charge at Stripe and comparing it, somebody else writes it down."""
    purchase = sold(till, reconciler)
    till.sandbox.refund(purchase.stripe_payment_id or "", 300)

    def handle_message() -> None:
        Reconciler(till.wiring).run()

    reconciler.meanwhile[f"/v1/charges/{purchase.stripe_charge_id}"] = handle_message
    assert reconciler.run(check=True) == []
    assert not reconciler.meanwhile


def test_somebody_else_writes_the_ledger_while_it_is_checked(till: Till, reconciler: Reconciler) -> None:
    purchase = sold(till, reconciler)
    till.refund(purchase, 300)
    with writing(till.session):
        till.session.execute(delete(LedgerEntry))

    def write() -> None:
        assert set(Reconciler(till.wiring).kinds()) == {"booking_missing"}

    reconciler.meanwhile[f"/v1/charges/{purchase.stripe_charge_id}"] = write
    assert reconciler.run(since=ALL_TIME, check=True) == []
    assert not reconciler.meanwhile


def test_a_refund_whose_purchase_is_lost_finds_it(till: Till, reconciler: Reconciler) -> None:
    """Of a charge that is older than the list."""
    lost = sold(till, reconciler)
    forget(till.session, lost)
    till.sandbox.shift_clock(40 * DAY)
    till.sandbox.refund(lost.stripe_payment_id or "", 300)
    till.sandbox.shift_clock(0)
    assert "charge_without_purchase" in reconciler.kinds(later=40 * A_DAY + timedelta(minutes=10))
    assert (till.row.public_id, till.row.state, till.row.refunded) == (lost.public_id, PurchaseState.PAID, 300)
    with till.wiring.sessions() as session:
        assert session.query(Refund).count() == 1
