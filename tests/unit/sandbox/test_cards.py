"""Each test card does what https://docs.stripe.com/testing says."""

from typing import Any

import pytest

DECLINES = [
    ("visa_chargeDeclined", "card_declined", "generic_decline"),
    ("visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
    ("visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
    ("visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
    ("visa_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"),
    ("chargeDeclinedExpiredCard", "expired_card", None),
    ("chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
    ("chargeDeclinedProcessingError", "processing_error", None),
    ("chargeCustomerFail", "card_declined", "generic_decline"),
    ("threeDSecureRequiredProcessingError", "card_declined", "generic_decline"),
]
SUCCESSES = [
    ("visa", "visa", "4242"),
    ("visa_debit", "visa", "5556"),
    ("mastercard", "mastercard", "4444"),
    ("amex", "amex", "0005"),
    ("amex_threeDSecureNotSupported", "amex", "0005"),
    ("threeDSecureOptional", "visa", "3055"),
    ("threeDSecureOptionalProcessingError", "visa", "3097"),
    ("riskLevelElevated", "visa", "9235"),
    ("riskLevelHighest", "visa", "4954"),
    ("cvcCheckFail", "visa", "0101"),
    ("avsZipFail", "visa", "0036"),
]


@pytest.mark.parametrize(("card", "code", "decline_code"), DECLINES)
def test_declined(shop: Any, card: str, code: str, decline_code: str | None) -> None:
    intent = shop.open()
    error = shop.declined(intent, f"pm_card_{card}")

    assert (error.http_status, error.code, getattr(error.error, "decline_code", None)) == (402, code, decline_code)
    left = error.error.payment_intent
    assert (left.status, left.payment_method) == ("requires_payment_method", None)
    assert left.last_payment_error.code == code
    assert left.last_payment_error.payment_method.id.startswith("pm_")
    charge = shop.v1.charges.retrieve(left.latest_charge)
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, code)
    assert charge.outcome.reason == (decline_code or code)
    assert shop.v1.payment_intents.retrieve(intent.id).latest_charge == charge.id
    assert shop.events() == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]


@pytest.mark.parametrize(("card", "brand", "last4"), SUCCESSES)
def test_paid(shop: Any, card: str, brand: str, last4: str) -> None:
    paid = shop.confirm(shop.open(), f"pm_card_{card}", expand=["latest_charge"])

    assert (paid.status, paid.amount_received) == ("succeeded", 1299)
    details = paid.latest_charge.payment_method_details.card
    assert (details.brand, details.last4) == (brand, last4)
    assert shop.events()[:3] == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


@pytest.mark.parametrize("card", [card for card, *_ in DECLINES + SUCCESSES])
def test_has_a_token_of_the_same_name(shop: Any, card: str) -> None:
    method = shop.v1.payment_methods.create({"type": "card", "card": {"token": f"tok_{card}"}})

    named = shop.v1.test_helpers.confirmation_tokens.create({"payment_method": f"pm_card_{card}"})
    assert method.card.fingerprint == named.payment_method_preview.card.fingerprint
    assert shop.v1.payment_methods.retrieve(method.id).card.last4 == method.card.last4


def test_another_card_after_a_decline(shop: Any) -> None:
    intent = shop.open()
    shop.declined(intent, "pm_card_visa_chargeDeclined")
    paid = shop.confirm(intent)

    assert (paid.status, paid.last_payment_error) == ("succeeded", None)
    assert [charge["status"] for charge in shop.sandbox.ledger()["charges"]] == ["failed", "succeeded"]


def test_radar_blocks_before_the_network_is_asked(shop: Any) -> None:
    error = shop.declined(shop.open(), "pm_card_radarBlock")

    outcome = shop.v1.charges.retrieve(error.error.charge).outcome
    assert (outcome.type, outcome.network_status) == ("blocked", "not_sent_to_network")
    assert (outcome.risk_level, outcome.reason) == ("highest", "highest_risk_level")


@pytest.mark.parametrize(
    ("card", "check", "result"),
    [("cvcCheckFail", "cvc_check", "fail"), ("visa", "cvc_check", "pass")],
)
def test_checks(shop: Any, card: str, check: str, result: str) -> None:
    paid = shop.confirm(shop.open(), f"pm_card_{card}", expand=["latest_charge"])

    assert paid.latest_charge.payment_method_details.card.checks[check] == result


@pytest.mark.parametrize(("card", "result"), [("avsZipFail", "fail"), ("visa", "pass")])
def test_postal_code(shop: Any, card: str, result: str) -> None:
    billing = {"address": {"postal_code": "94103", "country": "US"}}
    method = shop.v1.payment_methods.create(
        {"type": "card", "card": {"token": f"tok_{card}"}, "billing_details": billing}
    )
    paid = shop.open(confirm=True, payment_method=method.id, expand=["latest_charge"])

    assert paid.latest_charge.billing_details.address.postal_code == "94103"
    assert paid.latest_charge.payment_method_details.card.checks.address_postal_code_check == result


@pytest.mark.parametrize(("card", "level"), [("riskLevelElevated", "elevated"), ("riskLevelHighest", "highest")])
def test_risk_that_passes(shop: Any, card: str, level: str) -> None:
    paid = shop.confirm(shop.open(), f"pm_card_{card}", expand=["latest_charge"])

    assert (paid.latest_charge.outcome.type, paid.latest_charge.outcome.risk_level) == ("authorized", level)
