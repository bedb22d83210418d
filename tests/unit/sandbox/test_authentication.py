"""3-D Secure: asked, passed, failed, declined after it, and the redirect."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import stripe

from tests.unit.sandbox.conftest import post_form

ASKED = [
    "threeDSecure2Required",
    "threeDSecureRequiredChargeDeclined",
    "authenticationRequired",
    "authenticationRequiredOnSetup",
    "authenticationRequiredSetupForOffSession",
    "authenticationRequiredChargeDeclinedInsufficientFunds",
]


@pytest.mark.parametrize("card", ASKED)
def test_asked(shop: Any, card: str) -> None:
    intent = shop.confirm(shop.open(), f"pm_card_{card}", return_url="https://shop.example/return")

    assert (intent.status, intent.next_action.type) == ("requires_action", "use_stripe_sdk")
    assert intent.latest_charge is None
    assert shop.events() == ["payment_intent.created", "payment_intent.requires_action"]


def test_passed(shop: Any) -> None:
    intent = shop.confirm(shop.open(), "pm_card_authenticationRequired")
    shop.answer_bank(intent)

    paid = shop.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert (paid.status, paid.next_action) == ("succeeded", None)
    assert paid.latest_charge.payment_method_details.card.three_d_secure.result == "authenticated"
    assert shop.events()[1:4] == [
        "payment_intent.requires_action",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


def test_failed_makes_no_charge(shop: Any) -> None:
    intent = shop.confirm(shop.open(), "pm_card_authenticationRequired")
    shop.answer_bank(intent, "fail")

    left = shop.v1.payment_intents.retrieve(intent.id)
    assert (left.status, left.latest_charge, left.next_action) == ("requires_payment_method", None, None)
    assert left.last_payment_error.code == "payment_intent_authentication_failure"
    assert left.last_payment_error.payment_method.id == intent.payment_method
    assert shop.sandbox.ledger()["charges"] == []
    assert shop.events()[-1] == "payment_intent.payment_failed"
    assert shop.confirm(intent).status == "succeeded"


@pytest.mark.parametrize(
    ("card", "decline_code"),
    [
        ("threeDSecureRequiredChargeDeclined", "generic_decline"),
        ("authenticationRequiredChargeDeclinedInsufficientFunds", "insufficient_funds"),
    ],
)
def test_declined_after_it(shop: Any, card: str, decline_code: str) -> None:
    intent = shop.confirm(shop.open(), f"pm_card_{card}")
    shop.answer_bank(intent)

    left = shop.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert left.status == "requires_payment_method"
    assert left.last_payment_error.decline_code == decline_code
    assert left.latest_charge.status == "failed"


def test_an_answer_counts_once(shop: Any) -> None:
    intent = shop.confirm(shop.open(), "pm_card_authenticationRequired")
    shop.answer_bank(intent)
    shop.answer_bank(intent, "fail")
    shop.answer_bank(intent)

    assert shop.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert len(shop.sandbox.ledger()["charges"]) == 1


def test_an_answer_after_the_cancellation_changes_nothing(shop: Any) -> None:
    intent = shop.confirm(shop.open(), "pm_card_authenticationRequired")
    shop.v1.payment_intents.cancel(intent.id)
    shop.answer_bank(intent)

    assert shop.v1.payment_intents.retrieve(intent.id).status == "canceled"
    assert shop.sandbox.ledger()["charges"] == []


def test_needs_the_client_secret(shop: Any) -> None:
    intent = shop.confirm(shop.open(), "pm_card_authenticationRequired")

    answer = post_form(f"{shop.sandbox.url}/3ds/{intent.id}", client_secret="guessed", outcome="complete")
    assert answer.status_code == 404
    assert shop.v1.payment_intents.retrieve(intent.id).status == "requires_action"


@pytest.mark.parametrize(("outcome", "told"), [("complete", "succeeded"), ("fail", "failed")])
def test_redirect(shop: Any, outcome: str, told: str) -> None:
    intent = shop.confirm(
        shop.open(), "pm_card_authenticationRequired", use_stripe_sdk=False, return_url="https://shop.example/r?a=1"
    )
    assert intent.next_action.type == "redirect_to_url"
    assert intent.next_action.redirect_to_url.return_url == "https://shop.example/r?a=1"

    page = requests.get(intent.next_action.redirect_to_url.url, timeout=10)
    assert "form-action 'self' https://shop.example" in page.headers["Content-Security-Policy"]
    answer = post_form(
        f"{shop.sandbox.url}/3ds/{intent.id}", client_secret=intent.client_secret, redirect="true", outcome=outcome
    )
    assert answer.status_code == 303
    target = urlsplit(answer.headers["Location"])
    assert (target.netloc, target.path) == ("shop.example", "/r")
    assert parse_qs(target.query) == {
        "a": ["1"],
        "payment_intent": [intent.id],
        "payment_intent_client_secret": [intent.client_secret],
        "redirect_status": [told],
    }


def test_error_on_requires_action(shop: Any) -> None:
    intent = shop.open()
    error = shop.declined(intent, "pm_card_authenticationRequired", error_on_requires_action=True)

    assert (error.http_status, error.code) == (402, "authentication_required")
    assert shop.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_a_redirect_that_nobody_asked_for(shop: Any) -> None:
    intent = shop.confirm(shop.open(), "pm_card_authenticationRequired")
    page = f"{shop.sandbox.url}/3ds/{intent.id}"

    answer = requests.get(page, {"client_secret": intent.client_secret, "redirect": "true"}, timeout=10)
    assert "Is it you" in answer.text


def test_no_redirect_without_an_address(shop: Any) -> None:
    intent = shop.v1.payment_intents.confirm(shop.open().id, {"payment_method": "pm_card_authenticationRequired"})

    assert intent.next_action.type == "use_stripe_sdk"
    assert isinstance(intent, stripe.PaymentIntent)
