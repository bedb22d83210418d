"""A purchase from the row to the receipt, through the services: what is recorded, and what Stripe was asked."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storefront.models import Channel, Job, Mail, PurchaseState
from storefront.money import Money
from storefront.services.store.errors import CardNotTaken, CheckoutUnavailable, TokenNotOurs
from tests.factories import make_album
from tests.functional.store.conftest import Till


def test_a_card_is_charged_and_everything_is_written_down(till: Till) -> None:
    purchase = till.buy()

    [charge] = till.sandbox.charges
    [row] = till.rows
    assert (row.state, row.attempt, row.channel) == (PurchaseState.PAID, 1, Channel.STRIPE)
    assert (row.amount, row.currency, row.shown_amount) == (900, "eur", 900)
    assert (row.stripe_charge_id, row.stripe_payment_id) == (charge["id"], charge["payment_intent"])
    assert (row.card_brand, row.card_last4) == ("visa", "4242")
    assert row.description == "Album: Low Tide"
    assert row.email == "ana@example.com"
    assert row.edition_id == till.album.edition_id
    assert row.created is not None
    assert row.paid_at is not None
    assert row.has_access
    assert purchase.public_id == row.public_id == charge["metadata"]["order"]
    assert (charge["amount"], charge["currency"]) == (900, "eur")
    [attempt] = till.attempts
    assert attempt.outcome == "succeeded"
    assert till.sandbox.ledger()["payment_intents"][0]["description"] == "Album: Low Tide"


def test_the_receipt_and_the_jobs_are_in_the_rows(till: Till) -> None:
    purchase = till.buy()

    keys = set(till.session.scalars(select(Job.key)))
    assert till.session.scalars(select(Mail.key)).all() == [f"receipt:{purchase.public_id}"]
    assert {f"close:{purchase.public_id}", f"settle:{purchase.public_id}:1", f"aftermath:{purchase.public_id}"} <= keys


def test_the_fee_is_learnt_when_stripe_has_booked_the_charge(till: Till, pass_time) -> None:
    till.buy()
    assert till.rows[0].fee is None

    pass_time(seconds=30)

    [row] = till.rows
    [booked] = till.sandbox.ledger()["balance_transactions"]
    assert (row.fee, row.net, row.settled_currency) == (booked["fee"], booked["net"], booked["currency"])
    assert row.fee + row.net == row.amount


def test_a_declined_card_leaves_the_same_purchase_open_for_another(till: Till) -> None:
    declined = till.buy("pm_card_visa_chargeDeclinedInsufficientFunds")
    assert declined.state == PurchaseState.OPEN
    assert till.attempts[0].outcome == "declined"
    assert till.attempts[0].decline_code == "insufficient_funds"
    assert "not enough money" in till.attempts[0].decline_message

    paid = till.buy("pm_card_mastercard")

    assert paid.public_id == declined.public_id
    assert (paid.state, paid.attempt, paid.card_brand) == (PurchaseState.PAID, 2, "mastercard")
    assert len(till.sandbox.charges) == len(till.sandbox.ledger()["payment_intents"]) == 1


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("pm_card_visa_chargeDeclined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedLostCard", "lost_card"),
        ("pm_card_visa_chargeDeclinedStolenCard", "stolen_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error"),
        ("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_velocity_exceeded"),
        ("pm_card_radarBlock", None),
        ("pm_card_chargeCustomerFail", None),
    ],
)
def test_every_decline_is_told_in_words(till: Till, card: str, code: str | None) -> None:
    purchase = till.buy(card)

    [attempt] = till.attempts
    assert purchase.state == PurchaseState.OPEN
    assert code is None or attempt.decline_code == code
    assert attempt.decline_message.endswith(".")
    assert "lost" not in attempt.decline_message
    assert "stolen" not in attempt.decline_message
    assert till.sandbox.charges == []


def test_who_owns_it_already_is_not_charged_again(till: Till) -> None:
    first, second = till.buy(), till.buy()

    assert first.public_id == second.public_id
    assert len(till.sandbox.charges) == len(till.confirms()) == 1


def test_the_same_token_is_sent_once(till: Till) -> None:
    token = till.sandbox.token("pm_card_visa_chargeDeclined")
    till.buy(token=token)
    again = till.buy(token=token)

    assert again.state == PurchaseState.OPEN
    assert len(till.confirms()) == len(till.attempts) == 1


def test_a_token_of_another_purchase_is_refused(till: Till) -> None:
    token = till.sandbox.token("pm_card_visa_chargeDeclined")
    till.buy(token=token)
    till.album = make_album(till.session, till.wiring.storage, slug="orbit", title="Orbit")

    with pytest.raises(TokenNotOurs):
        till.buy(token=token)

    assert len(till.confirms()) == 1


def test_a_token_that_stripe_does_not_know_can_be_made_again(till: Till) -> None:
    with pytest.raises(CardNotTaken):
        till.buy(token="ctoken_1234567890")
    assert till.attempts[0].outcome == "refused"

    assert till.buy().state == PurchaseState.PAID


def test_an_old_decline_is_not_told_for_a_refused_token(till: Till) -> None:
    till.buy("pm_card_visa_chargeDeclined")
    with pytest.raises(CardNotTaken):
        till.buy(token="ctoken_1234567890")

    assert [attempt.outcome for attempt in till.attempts] == ["declined", "refused"]
    assert till.attempts[1].decline_message is None


@pytest.mark.parametrize("kind", ["429", "status_500_unsaved"])
def test_no_intent_means_not_charged_and_the_next_try_works(till: Till, kind: str) -> None:
    till.sandbox.fault(kind, "/v1/payment_intents", method="POST", count=3)
    with pytest.raises(CheckoutUnavailable):
        till.buy()
    assert till.rows[0].state == PurchaseState.CANCELED
    till.sandbox.forget_faults()

    assert till.buy().state == PurchaseState.PAID
    assert len(till.sandbox.charges) == 1


def test_too_many_requests_close_the_attempt_and_not_the_purchase(till: Till) -> None:
    till.sandbox.fault("429", ".*/confirm")
    with pytest.raises(CheckoutUnavailable):
        till.buy()
    assert till.rows[0].state == PurchaseState.OPEN
    assert till.attempts[0].outcome == "unavailable"

    assert till.buy().state == PurchaseState.PAID
    assert len(till.confirms()) == 2
    assert len({attempt.idempotency_key for attempt in till.attempts}) == 2


def test_a_created_row_without_an_intent_is_closed_after_an_hour(till: Till, pass_time) -> None:
    orders = till.service.orders
    from storefront.models import writing

    with writing(till.session):
        orders.find_or_insert(till.album.id, till.buyer(), Money(900, "eur"))
    assert till.rows[0].state == PurchaseState.CREATED

    pass_time(minutes=62, step=timedelta(minutes=10))

    assert till.rows[0].state == PurchaseState.CANCELED
    assert till.sandbox.ledger()["payment_intents"] == []


def test_an_open_purchase_is_closed_after_a_day(till: Till, pass_time) -> None:
    till.buy("pm_card_visa_chargeDeclined")

    pass_time(hours=25.5, step=timedelta(hours=1))

    assert till.rows[0].state == PurchaseState.CANCELED
    assert till.sandbox.ledger()["payment_intents"][0]["status"] == "canceled"
