"""The life of an intent but for its payment, and what is refused on the way."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
import stripe


def test_created(shop: Any) -> None:
    intent = shop.open(description="Album: Low Tide", metadata={"order": "a", "empty": ""})

    assert intent.status == "requires_payment_method"
    assert intent.metadata.to_dict() == {"order": "a"}
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    assert (intent.livemode, intent.capture_method) == (False, "automatic_async")
    assert intent.payment_method_types == ["card", "link"]
    assert shop.v1.payment_intents.retrieve(intent.id).to_dict() == intent.to_dict()


def test_types_are_filtered(shop: Any) -> None:
    assert shop.open(allowed_payment_method_types=["card", "sepa_debit"]).payment_method_types == ["card"]
    with pytest.raises(stripe.InvalidRequestError, match="activated"):
        shop.open(allowed_payment_method_types=["sepa_debit"])
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        shop.open(automatic_payment_methods={"enabled": True})


@pytest.mark.parametrize("by_hand", [{"capture_method": "manual"}, {"confirmation_method": "manual"}])
def test_not_by_hand(shop: Any, by_hand: dict[str, str]) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="by hand"):
        shop.open(**by_hand)


def test_amount_to_confirm(shop: Any) -> None:
    intent = shop.open()
    with pytest.raises(stripe.InvalidRequestError, match="amount to confirm"):
        shop.confirm(intent, amount_to_confirm=1298)

    assert shop.confirm(intent, amount_to_confirm=1299).status == "succeeded"


def test_another_version_of_the_api(shop: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="2020-08-27"):
        shop.v1.payment_intents.list({}, {"stripe_version": "2020-08-27"})


def test_created_and_confirmed_in_one(shop: Any) -> None:
    paid = shop.open(confirm=True, confirmation_token=shop.sandbox.token())

    assert paid.status == "succeeded"
    assert shop.sandbox.ledger()["confirmation_tokens"][0]["payment_intent"] == paid.id


def test_created_and_declined_in_one_leaves_the_intent(shop: Any) -> None:
    with pytest.raises(stripe.CardError) as refused:
        shop.open(confirm=True, payment_method="pm_card_visa_chargeDeclined")

    intent = refused.value.error.payment_intent
    assert shop.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_confirming_parameters_need_confirm(shop: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="unless `confirm`"):
        shop.open(return_url="https://shop.example")


def test_with_a_method_of_its_own(shop: Any) -> None:
    intent = shop.open(payment_method="pm_card_visa")

    assert intent.status == "requires_confirmation"
    assert shop.v1.payment_intents.confirm(intent.id).payment_method == intent.payment_method


def test_confirm_without_a_method(shop: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method") as refused:
        shop.v1.payment_intents.confirm(shop.open().id)

    assert refused.value.code == "payment_intent_unexpected_state"


def test_confirm_with_two_methods(shop: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        shop.confirm(shop.open(), payment_method="pm_card_visa")


def test_paid_once(shop: Any) -> None:
    intent = shop.open()
    shop.confirm(intent)
    with pytest.raises(stripe.InvalidRequestError, match="already succeeded") as refused:
        shop.confirm(intent)

    assert refused.value.code == "payment_intent_unexpected_state"
    assert refused.value.error.payment_intent.status == "succeeded"
    assert len(shop.sandbox.charges) == 1


@pytest.mark.parametrize("card", [None, "pm_card_authenticationRequired"])
def test_canceled(shop: Any, card: str | None) -> None:
    intent = shop.open()
    if card:
        shop.confirm(intent, card)
    canceled = shop.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})

    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    assert canceled.canceled_at >= canceled.created
    assert canceled.next_action is None
    assert shop.events()[-1] == "payment_intent.canceled"
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
        shop.confirm(intent)


def test_cancel_what_is_over(shop: Any) -> None:
    paid = shop.confirm(shop.open())
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded") as refused:
        shop.v1.payment_intents.cancel(paid.id)
    assert refused.value.code == "payment_intent_unexpected_state"

    canceled = shop.v1.payment_intents.cancel(shop.open().id)
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
        shop.v1.payment_intents.cancel(canceled.id)


def test_updated(shop: Any) -> None:
    intent = shop.open(metadata={"order": "a", "album": "b"})
    shop.declined(intent, "pm_card_visa_chargeDeclined")
    updated = shop.v1.payment_intents.update(intent.id, {"amount": 500, "metadata": {"album": "", "edition": "c"}})

    assert updated.amount == 500
    assert updated.metadata.to_dict() == {"order": "a", "edition": "c"}
    assert updated.last_payment_error is None  # Stripe forgets it
    assert updated.latest_charge is not None
    assert shop.v1.payment_intents.update(intent.id, {"metadata": ""}).metadata.to_dict() == {}


def test_updated_with_another_way_to_pay(shop: Any) -> None:
    intent = shop.open()
    changes = {"currency": "EUR", "allowed_payment_method_types": ["card"], "payment_method": "pm_card_visa"}
    updated = shop.v1.payment_intents.update(intent.id, changes)

    assert (updated.currency, updated.payment_method_types) == ("eur", ["card"])
    assert updated.status == "requires_confirmation"
    assert shop.v1.payment_intents.confirm(intent.id).payment_method == updated.payment_method


def test_what_is_paid_keeps_its_amount(shop: Any) -> None:
    paid = shop.confirm(shop.open())
    with pytest.raises(stripe.InvalidRequestError, match="amount could not be updated"):
        shop.v1.payment_intents.update(paid.id, {"amount": 500})

    assert shop.v1.payment_intents.update(paid.id, {"description": "x"}).description == "x"


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"),
        (0, "usd", "parameter_invalid_integer"),
        (-5, "usd", "parameter_invalid_integer"),
        (100_000_000, "usd", "amount_too_large"),
        (29, "gbp", "amount_too_small"),
        (500, "xxx", None),
        (50_050, "isk", None),
        (12_345, "kwd", None),
    ],
)
def test_amounts_that_cannot_be_charged(shop: Any, amount: int, currency: str, code: str | None) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.open(amount=amount, currency=currency)

    assert refused.value.code == code
    assert shop.sandbox.ledger()["payment_intents"] == []


@pytest.mark.parametrize(
    ("key", "code"),
    [("sk_live_real", None), ("sk_test_other", None), ("pk_test_sandbox_shop", "secret_key_required")],
)
def test_keys(shop: Any, client_with: Callable[..., stripe.StripeClient], key: str, code: str | None) -> None:
    with pytest.raises(stripe.AuthenticationError) as refused:
        client_with(shop.sandbox.url, key).v1.charges.list()

    assert (refused.value.http_status, getattr(refused.value.error, "code", None)) == (401, code)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Digest x"}, {"Authorization": "Basic a"}])
def test_no_key(shop: Any, headers: dict[str, str]) -> None:
    answer = requests.get(f"{shop.sandbox.url}/v1/charges", headers=headers, timeout=10)

    assert answer.status_code == 401
    assert "did not provide an API key" in answer.json()["error"]["message"]


@pytest.mark.parametrize("key", ["sk_test_sandbox_another", "sk_test_sandbox_shop"])
def test_keys_that_work(shop: Any, client_with: Callable[..., stripe.StripeClient], key: str) -> None:
    assert client_with(shop.sandbox.url, key).v1.charges.list().data == []


def test_basic_authentication(shop: Any) -> None:
    assert requests.get(f"{shop.sandbox.url}/v1/charges", auth=("sk_test_sandbox_shop", ""), timeout=10).ok


def test_a_page_sees_little_and_needs_the_client_secret(shop: Any) -> None:
    intent = shop.open(metadata={"order": "secret"})
    url, key = f"{shop.sandbox.url}/v1/payment_intents/{intent.id}", {"Authorization": "Bearer pk_test_sandbox_shop"}
    seen = requests.get(url, {"client_secret": intent.client_secret}, headers=key, timeout=10).json()

    assert (seen["id"], seen["status"]) == (intent.id, "requires_payment_method")
    assert "metadata" not in seen
    assert "latest_charge" not in seen
    assert requests.get(url, {"client_secret": "guessed"}, headers=key, timeout=10).status_code == 404
    assert requests.get(url, headers=key, timeout=10).status_code == 404


@pytest.mark.parametrize(
    "ask",
    [
        lambda v1: v1.payment_intents.retrieve("pi_none"),
        lambda v1: v1.payment_intents.cancel("pi_none"),
        lambda v1: v1.charges.retrieve("ch_none"),
        lambda v1: v1.balance_transactions.retrieve("txn_none"),
        lambda v1: v1.confirmation_tokens.retrieve("ctoken_none"),
        lambda v1: v1.payment_methods.retrieve("pm_none"),
        lambda v1: v1.events.retrieve("evt_none"),
        lambda v1: v1.charges.list({"starting_after": "ch_none"}),
    ],
)
def test_unknown_ids(shop: Any, ask: Callable[[Any], Any]) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such") as refused:
        ask(shop.v1)

    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_an_address_that_is_none(shop: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as refused:
        shop.client.raw_request("get", "/v1/nothing")

    assert refused.value.http_status == 404


def test_card_numbers_are_refused(shop: Any) -> None:
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    with pytest.raises(stripe.CardError, match="generally unsafe"):
        shop.v1.payment_methods.create({"type": "card", "card": card})


def test_headers(shop: Any) -> None:
    headers = shop.open().last_response.headers

    assert headers["Request-Id"].startswith("req_")
    assert headers["Stripe-Version"] == stripe.api_version
    assert headers["Date"]
