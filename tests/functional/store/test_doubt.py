"""When Stripe's answer is lost, late or broken: never "not charged" unless it is sure, and never charged twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storefront.models import Mail, MailKind, PurchaseState
from storefront.services.store.errors import CardNotTaken
from tests.functional.store.conftest import Till

CONFIRM = ".*/confirm"
RETRIEVE = "/v1/payment_intents/pi_[A-Za-z0-9]+"


def mails(till: Till) -> list[MailKind]:
    with till.wiring.sessions() as session:
        return list(session.scalars(select(Mail.kind)))


@pytest.mark.parametrize("kind", ["drop_after", "cut", "status_500"])
def test_charged_but_the_answer_was_lost(till: Till, kind: str) -> None:
    till.sandbox.fault(kind, CONFIRM)

    assert till.buy().state == PurchaseState.PAID
    assert len(till.sandbox.charges) == len(till.confirms()) == 1


def test_charged_and_stripe_is_gone_for_a_while(till: Till, pass_time) -> None:
    till.sandbox.fault("drop_after", CONFIRM)
    till.sandbox.fault("drop_before", RETRIEVE, method="GET", count=8)

    assert till.buy().state == PurchaseState.CONFIRMING
    assert till.rows[0].doubt_shown_at is not None

    pass_time(seconds=60)

    assert till.rows[0].state == PurchaseState.PAID
    assert len(till.sandbox.charges) == 1
    assert mails(till) == [MailKind.RECEIPT]


def test_never_arrived_is_canceled_after_two_minutes_and_told(till: Till, pass_time) -> None:
    till.sandbox.fault("drop_before", CONFIRM)

    assert till.buy().state == PurchaseState.CONFIRMING
    pass_time(seconds=100)
    assert till.rows[0].state == PurchaseState.CONFIRMING, "nothing proves yet that it will not arrive"
    pass_time(seconds=40)

    assert till.rows[0].state == PurchaseState.CANCELED
    assert till.attempts[0].outcome == "canceled"
    assert mails(till) == [MailKind.NOT_CHARGED]
    assert till.sandbox.charges == []
    assert till.buy().state == PurchaseState.PAID, "the album can be bought again"
    assert len(till.rows) == 2


def test_while_it_is_in_doubt_another_token_is_not_sent(till: Till) -> None:
    till.sandbox.fault("drop_before", CONFIRM)
    till.buy()

    assert till.buy().state == PurchaseState.CONFIRMING
    assert len(till.attempts) == 1


def test_declined_but_the_answer_was_lost_reopens_on_evidence(till: Till) -> None:
    till.sandbox.fault("drop_after", CONFIRM)

    purchase = till.buy("pm_card_visa_chargeDeclined")

    assert purchase.state == PurchaseState.OPEN
    assert till.attempts[0].decline_code == "generic_decline"


def test_the_decline_of_an_earlier_attempt_is_no_evidence(till: Till, pass_time) -> None:
    till.buy("pm_card_visa_chargeDeclined")
    till.sandbox.fault("drop_before", CONFIRM)

    purchase = till.buy()

    assert (purchase.state, purchase.attempt) == (PurchaseState.CONFIRMING, 2)
    pass_time(seconds=30)
    assert till.rows[0].state == PurchaseState.CONFIRMING
    pass_time(seconds=110)
    assert till.rows[0].state == PurchaseState.CANCELED


def test_a_refusal_is_looked_into_before_a_word_is_said(till: Till) -> None:
    """Another tab's confirm had gone through: the refused one finds the purchase paid."""
    till.buy("pm_card_visa_chargeDeclined")
    purchase = till.rows[0]
    till.wiring.processor.complete_stripe_purchase(
        till.sandbox.token(),
        purchase.price,
        payment_id=purchase.stripe_payment_id,
        key="another-tab",
        return_url="http://localhost/store/return/x",
    )

    assert till.buy().state == PurchaseState.PAID
    assert len(till.sandbox.charges) == 1


def test_canceling_a_purchase_that_stripe_has_charged_finds_it_paid(till: Till) -> None:
    till.sandbox.fault("drop_after", CONFIRM)
    till.sandbox.fault("drop_before", RETRIEVE, method="GET", count=1)
    purchase = till.buy()
    assert purchase.state == PurchaseState.CONFIRMING

    till.service.cancel(purchase)

    assert purchase.state == PurchaseState.PAID
    assert till.rows[0].state == PurchaseState.PAID


def test_three_d_secure_done(till: Till) -> None:
    purchase = till.buy("pm_card_threeDSecure2Required")
    assert purchase.state == PurchaseState.ACTION_REQUIRED
    assert till.service.client_secret(purchase)

    till.answer_bank(purchase)
    till.service.look(purchase)

    assert purchase.state == PurchaseState.PAID
    assert len(till.sandbox.charges) == 1


def test_three_d_secure_failed(till: Till) -> None:
    purchase = till.buy("pm_card_threeDSecure2Required")
    till.answer_bank(purchase, "fail")
    assert till.service.client_secret(purchase) is None
    till.service.look(purchase)

    assert purchase.state == PurchaseState.OPEN
    assert "did not confirm" in till.attempts[0].decline_message
    assert till.buy().state == PurchaseState.PAID


def test_three_d_secure_done_and_the_tab_closed(till: Till, pass_time) -> None:
    purchase = till.buy("pm_card_threeDSecure2Required")
    till.answer_bank(purchase)

    pass_time(seconds=30)

    assert till.rows[0].state == PurchaseState.PAID
    assert mails(till) == [MailKind.RECEIPT]


def test_three_d_secure_abandoned(till: Till, pass_time) -> None:
    till.buy("pm_card_threeDSecure2Required")

    pass_time(minutes=50, step=timedelta(minutes=5))
    assert till.rows[0].state == PurchaseState.ACTION_REQUIRED
    pass_time(minutes=25, step=timedelta(minutes=5))

    assert till.rows[0].state == PurchaseState.CANCELED
    assert till.sandbox.ledger()["payment_intents"][0]["status"] == "canceled"


def test_another_card_instead_of_the_banks_page(till: Till) -> None:
    purchase = till.buy("pm_card_threeDSecure2Required")

    assert till.service.cancel(purchase).state == PurchaseState.CANCELED
    assert till.buy().state == PurchaseState.PAID
    assert len(till.sandbox.charges) == 1


def test_an_expired_token_is_refused_and_the_purchase_stays_open(till: Till) -> None:
    token = till.sandbox.token()
    till.sandbox.shift_clock(13 * 3600)

    with pytest.raises(CardNotTaken):
        till.buy(token=token)

    assert till.rows[0].state == PurchaseState.OPEN
    assert till.sandbox.charges == []


def test_unpaid_after_a_day_is_asked_for_until_stripe_cancels(till: Till, pass_time) -> None:
    till.buy("pm_card_visa_chargeDeclined")
    pass_time(hours=23, step=timedelta(hours=1))
    till.sandbox.fault("status_500_unsaved", ".*/cancel", count=3)

    pass_time(hours=2, step=timedelta(minutes=30))

    assert till.rows[0].state == PurchaseState.CANCELED
    assert till.sandbox.ledger()["payment_intents"][0]["status"] == "canceled"
