"""Money back: what the charge and the books say of it, what is refused, and what the cards for refunds do."""

from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.support.in_process import InProcessSandbox
from tests.unit.sandbox.conftest import Till

PAID, FEE = 1299, 68


def charge_of(till: Any, intent: Any) -> Any:
    return till.v1.charges.retrieve(intent.latest_charge.id, {"expand": ["refunds"]})


def refused(till: Any, **params: Any) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as error:
        till.v1.refunds.create(params)
    return error.value


def test_all_of_it(till: Any) -> None:
    paid = till.pay()
    refund = till.v1.refunds.create({"payment_intent": paid.id, "expand": ["balance_transaction"]})

    assert (refund.amount, refund.currency, refund.status) == (PAID, "usd", "succeeded")
    assert (refund.charge, refund.payment_intent) == (paid.latest_charge.id, paid.id)
    entry = refund.balance_transaction
    assert (entry.type, entry.amount, entry.fee, entry.net, entry.source) == ("refund", -PAID, 0, -PAID, refund.id)
    charge = charge_of(till, paid)
    assert (charge.refunded, charge.amount_refunded, charge.status) == (True, PAID, "succeeded")
    assert [found.id for found in charge.refunds.data] == [refund.id]
    assert till.v1.payment_intents.retrieve(paid.id).status == "succeeded"
    assert till.events("refund.", "charge.refund") == ["refund.created", "charge.refunded"]
    assert till.nets() == [PAID - FEE, -PAID]  # Stripe keeps its fee


def test_what_was_not_booked_yet_is_booked_first(tmp_path: Path) -> None:
    till = Till(InProcessSandbox(tmp_path / "sandbox.sqlite", settlement_delay=3600))
    paid = till.pay()
    assert till.nets() == []
    till.sandbox.refund(paid.id)
    assert till.nets() == [PAID - FEE, -PAID]
    till.pass_time(3601)

    assert till.nets() == [PAID - FEE, -PAID]
    assert till.events("charge.updated") == ["charge.updated"]


def test_not_available_before_what_was_paid(till: Any) -> None:
    till.sandbox.refund(till.pay().id, 500)
    paid, refund = till.sandbox.ledger()["balance_transactions"]

    assert refund["available_on"] == paid["available_on"] > refund["created"]
    assert refund["status"] == "pending"
    till.pass_time(3 * 24 * 60 * 60)
    refund = till.sandbox.refund(till.pay("bypassPending").id, 500)
    entry = till.v1.balance_transactions.retrieve(refund["balance_transaction"])
    assert (entry.status, entry.available_on) == ("available", entry.created)


def test_in_parts(till: Any) -> None:
    paid = till.pay()
    first, second = (till.v1.refunds.create({"payment_intent": paid.id, "amount": n}) for n in (300, 400))
    charge = charge_of(till, paid)
    assert (charge.refunded, charge.amount_refunded) == (False, 700)
    assert [found.id for found in charge.refunds.data] == [second.id, first.id]

    rest = till.v1.refunds.create({"payment_intent": paid.id})
    assert (rest.amount, charge_of(till, paid).refunded) == (PAID - 700, True)
    changes = [
        event["data"]["previous_attributes"]
        for event in till.sandbox.ledger()["events"]
        if event["type"] == "charge.refunded"
    ]
    assert changes == [{"amount_refunded": 0}, {"amount_refunded": 300}, {"amount_refunded": 700, "refunded": False}]


@pytest.mark.parametrize(
    ("amount", "currency", "message"),
    [
        (1300, "usd", r"Refund amount ($13.00) is greater than charge amount ($12.99)"),
        (1300, "jpy", r"Refund amount (¥1,300) is greater than charge amount (¥1,299)"),
    ],
)
def test_more_than_was_paid(till: Any, amount: int, currency: str, message: str) -> None:
    error = refused(till, payment_intent=till.pay(currency=currency).id, amount=amount)

    assert (error.http_status, error.user_message, error.param, error.code) == (400, message, "amount", None)


def test_more_than_is_left(till: Any) -> None:
    paid = till.pay()
    till.sandbox.refund(paid.id, 300)

    error = refused(till, payment_intent=paid.id, amount=1000)
    assert error.user_message == "Refund amount ($10.00) is greater than unrefunded amount on charge ($9.99)"
    assert till.v1.charges.retrieve(paid.latest_charge.id).amount_refunded == 300


def test_twice(till: Any) -> None:
    paid = till.pay()
    till.sandbox.refund(paid.id)

    error = refused(till, payment_intent=paid.id)
    assert error.code == "charge_already_refunded"
    assert error.user_message == f"Charge {paid.latest_charge.id} has already been refunded."


def test_one_key_is_one_refund(till: Any) -> None:
    paid = till.pay()
    asked = {"payment_intent": paid.id, "amount": 500}
    first, again = (till.v1.refunds.create(asked, {"idempotency_key": "k"}) for _ in range(2))

    assert first.id == again.id
    assert till.v1.charges.retrieve(paid.latest_charge.id).amount_refunded == 500
    with pytest.raises(stripe.IdempotencyError):
        till.v1.refunds.create(asked | {"amount": 600}, {"idempotency_key": "k"})


def test_nothing_was_paid(till: Any) -> None:
    intent = till.v1.payment_intents.create({"amount": PAID, "currency": "usd"})
    assert "does not have a successful charge to refund" in str(refused(till, payment_intent=intent.id).user_message)

    token = till.sandbox.token("pm_card_visa_chargeDeclined")
    with pytest.raises(stripe.CardError) as declined:
        till.v1.payment_intents.confirm(intent.id, {"confirmation_token": token})
    message = refused(till, charge=declined.value.error.charge).user_message
    assert message == f"This PaymentIntent ({intent.id}) does not have a successful charge to refund."


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({}, 400, None),
        ({"charge": "ch_none"}, 404, "resource_missing"),
        ({"payment_intent": "pi_none"}, 404, "resource_missing"),
        ({"charge": "ch_1", "payment_intent": "pi_1"}, 400, None),
        ({"charge": "ch_1", "amount": "12.5"}, 400, "parameter_invalid_integer"),
        ({"charge": "ch_1", "reason": "because"}, 400, None),
    ],
)
def test_what_makes_no_sense(till: Any, params: dict[str, str], status: int, code: str | None) -> None:
    error = refused(till, **params)

    assert (error.http_status, error.code) == (status, code)


@pytest.mark.parametrize("amount", [0, -5])
def test_nothing_to_give_back(till: Any, amount: int) -> None:
    error = refused(till, payment_intent=till.pay().id, amount=amount)

    assert (error.code, error.param) == ("parameter_invalid_integer", "amount")


def test_what_is_written_about_it(till: Any) -> None:
    paid = till.pay()
    refund = till.v1.refunds.create(
        {"payment_intent": paid.id, "reason": "requested_by_customer", "metadata": {"refund": "r1", "by": "ana"}}
    )
    till.v1.refunds.update(refund.id, {"metadata": {"by": "", "note": "x"}})

    found = till.v1.refunds.retrieve(refund.id)
    assert (found.reason, found.metadata.to_dict()) == ("requested_by_customer", {"refund": "r1", "note": "x"})
    assert till.events("refund.updated", "charge.refund.") == ["refund.updated", "charge.refund.updated"]


def test_lists(till: Any) -> None:
    one, other = till.pay(), till.pay()
    first, second = (till.sandbox.refund(paid.id, 500)["id"] for paid in (one, other))

    def ids(**params: Any) -> list[str]:
        return [found.id for found in till.v1.refunds.list(params).data]

    assert ids() == [second, first]
    assert ids(charge=one.latest_charge.id) == ids(payment_intent=one.id) == [first]
    assert ids(created={"lt": 5}) == []
    listed = till.v1.refunds.list({"expand": ["data.balance_transaction", "data.charge", "data.payment_intent"]})
    assert [found.balance_transaction.amount for found in listed.data] == [-500, -500]
    assert listed.data[0].charge.amount_refunded == 500
    assert listed.data[0].payment_intent.id == other.id


def test_that_takes_a_while(till: Any) -> None:
    paid = till.pay("pendingRefund")
    refund = till.v1.refunds.create({"payment_intent": paid.id})
    assert (refund.status, refund.pending_reason, refund.balance_transaction) == ("pending", "processing", None)
    assert till.v1.charges.retrieve(paid.latest_charge.id).amount_refunded == PAID
    assert till.nets() == [PAID - FEE]

    till.pass_time(61)
    refund = till.v1.refunds.retrieve(refund.id, {"expand": ["balance_transaction"]})
    assert (refund.status, refund.balance_transaction.net) == ("succeeded", -PAID)
    assert not hasattr(refund, "pending_reason")
    assert till.events("refund.updated", "refund.failed") == ["refund.updated"]


def test_that_does_not_arrive(till: Any) -> None:
    paid = till.pay("refundFail")
    refund = till.v1.refunds.create({"payment_intent": paid.id, "amount": 500})
    assert refund.status == "succeeded"
    assert not hasattr(refund, "failure_reason")  # left out, not null

    till.pass_time(61)
    refund = till.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    entry = refund.failure_balance_transaction
    assert (refund.status, refund.failure_reason) == ("failed", "expired_or_canceled_card")
    assert (entry.type, entry.amount, entry.net, entry.source) == ("refund_failure", 500, 500, refund.id)
    charge = till.v1.charges.retrieve(paid.latest_charge.id)
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert till.nets() == [PAID - FEE, -500, 500]
    assert till.events("refund.updated", "refund.failed") == ["refund.updated", "refund.failed"]
    assert till.sandbox.refund(paid.id)["amount"] == PAID  # so much is left again
