"""The sweeper alone, with every job and message gone: what is past its time comes to rest, and nothing is charged."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete

from storefront.models import AlbumPurchase, CheckoutClosure, Job, PurchaseState
from storefront.services.store.nets.sweeper import sweep
from tests.functional.store.conftest import Till, WatchedProcessor

CONFIRM = ".*/confirm"
RETRIEVE = "/v1/payment_intents/pi_[A-Za-z0-9]+"


def sweep_after(till: Till, **span: float) -> dict[str, int]:
    """Time passes, and nobody but the sweeper does anything."""
    with till.wiring.sessions() as session:
        session.execute(delete(Job))
        session.commit()
    now = datetime.now(UTC) + timedelta(**span)
    with till.wiring.sessions() as session, time_machine.travel(now, tick=True):
        return dict(sweep(session, WatchedProcessor(till.wiring.processor, session), now))  # type: ignore[arg-type]


def doubtful(till: Till, fault: str = "drop_after") -> AlbumPurchase:
    till.sandbox.fault(fault, CONFIRM)
    till.sandbox.fault("drop_before", RETRIEVE, method="GET", count=3)
    purchase = till.buy()
    till.sandbox.forget_faults()
    assert purchase.state == PurchaseState.CONFIRMING
    return purchase


def test_charged_and_unanswered(till: Till) -> None:
    doubtful(till)
    assert sweep_after(till, minutes=2) == {"unsettled": 1}
    assert till.row.state == PurchaseState.PAID
    assert len(till.confirms()) == 1


def test_never_arrived(till: Till) -> None:
    """Canceled after two minutes of silence, and never sent again."""
    doubtful(till, "drop_before")
    sweep_after(till, minutes=1.5)
    assert till.row.state == PurchaseState.CONFIRMING
    sweep_after(till, minutes=3)
    assert till.row.state == PurchaseState.CANCELED
    assert till.sandbox.charges == []
    assert till.mails == ["not_charged"]


def test_what_is_young_is_left_to_its_job(till: Till) -> None:
    doubtful(till)
    assert sweep_after(till, seconds=20) == {}


def test_the_bank_was_left(till: Till) -> None:
    till.buy("pm_card_threeDSecure2Required")
    sweep_after(till, minutes=50)
    assert till.row.state == PurchaseState.ACTION_REQUIRED
    sweep_after(till, minutes=70)
    assert till.row.state == PurchaseState.CANCELED


def test_the_bank_said_yes_and_nobody_came_back(till: Till) -> None:
    purchase = till.buy("pm_card_threeDSecure2Required")
    till.answer_bank(purchase)
    sweep_after(till, minutes=70)
    assert till.row.state == PurchaseState.PAID


def test_begun_and_left(till: Till) -> None:
    till.buy("pm_card_visa_chargeDeclined")
    assert sweep_after(till, hours=23) == {}
    assert sweep_after(till, hours=25) == {"abandoned": 1}
    assert till.row.state == PurchaseState.CANCELED
    assert till.sandbox.ledger()["payment_intents"][0]["status"] == "canceled"


def test_not_while_the_checkout_is_closed(till: Till) -> None:
    """A restored backup may remember as unpaid what was paid afterwards."""
    till.buy("pm_card_visa_chargeDeclined")
    with till.wiring.sessions() as session:
        session.add(CheckoutClosure(since=datetime.now(UTC), backup_made=datetime.now(UTC)))
        session.commit()
    assert sweep_after(till, hours=25) == {}
    assert till.row.state == PurchaseState.OPEN


def test_a_refund_in_the_air(till: Till) -> None:
    purchase = till.buy()
    till.sandbox.fault("drop_before", "/v1/refunds", method="POST", count=3)
    till.sandbox.fault("drop_before", "/v1/charges/.*", method="GET", count=3)
    till.refund(purchase)
    till.sandbox.forget_faults()
    assert sweep_after(till, minutes=2) == {"refunds": 1}
    assert (till.refunds[0].status, till.row.refunded) == ("succeeded", 900)


def test_a_message_that_lost_its_job(till: Till) -> None:
    till.buy()
    till.hear()
    found = sweep_after(till, minutes=2)
    assert found["events"] >= 2
    assert sweep_after(till, minutes=3).get("events") is None


def test_a_charge_that_is_not_booked_yet(till: Till) -> None:
    till.buy()
    assert till.row.fee is None
    assert sweep_after(till, hours=2) == {"unbooked": 1}
    assert till.row.fee is not None


@pytest.mark.parametrize("silent", [2, 5])
def test_stripe_is_silent(till: Till, silent: int) -> None:
    """It gives up after a few, rather than wait for each of hundreds; the next sweep goes on."""
    from storefront.services.store.buyers import Visitor

    for number in range(silent):
        till.visitor = Visitor.of(None, f"{number}" * 43)
        doubtful(till)
    till.sandbox.fault("drop_before", RETRIEVE, method="GET", count=1000)
    found = sweep_after(till, minutes=2)
    assert found == {"unsettled": min(silent, 3), "silent": min(silent, 3)}
    till.sandbox.forget_faults()
    sweep_after(till, minutes=3)
    assert {row.state for row in till.rows} == {PurchaseState.PAID}
