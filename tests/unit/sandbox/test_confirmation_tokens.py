"""ConfirmationTokens: used once, for twelve hours, and only for what the Element showed."""

from typing import Any

import pytest
import requests
import stripe

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}


def typed(shop: Any, card: dict[str, Any] | None = None, **element: Any) -> Any:
    """The answer to what the card fields' frame sends."""
    return requests.post(
        f"{shop.sandbox.url}/elements/confirmation_tokens",
        json={"card": CARD | (card or {}), "element": element, "params": {"return_url": "https://shop.example/r"}},
        headers={"Authorization": "Bearer pk_test_sandbox_shop"},
        timeout=10,
    )


def confirm(shop: Any, intent: Any, token: str) -> Any:
    return shop.v1.payment_intents.confirm(intent.id, {"confirmation_token": token})


def test_used_once(shop: Any) -> None:
    token, intent = shop.sandbox.token(), shop.open()
    assert shop.v1.confirmation_tokens.retrieve(token).payment_intent is None
    confirm(shop, intent, token)
    assert shop.v1.confirmation_tokens.retrieve(token).payment_intent == intent.id

    with pytest.raises(stripe.InvalidRequestError) as refused:
        confirm(shop, shop.open(), token)
    assert (refused.value.http_status, refused.value.code) == (400, "token_already_used")
    assert len(shop.sandbox.charges) == 1


def test_used_even_when_declined(shop: Any) -> None:
    token, intent = shop.sandbox.token("pm_card_visa_chargeDeclined"), shop.open()
    with pytest.raises(stripe.CardError):
        confirm(shop, intent, token)

    with pytest.raises(stripe.InvalidRequestError, match="more than once"):
        confirm(shop, intent, token)


def test_not_used_by_a_request_that_is_refused(shop: Any) -> None:
    token, canceled = shop.sandbox.token(), shop.open()
    shop.v1.payment_intents.cancel(canceled.id)
    with pytest.raises(stripe.InvalidRequestError):
        confirm(shop, canceled, token)

    assert confirm(shop, shop.open(), token).status == "succeeded"


def test_expires(shop: Any) -> None:
    token = shop.sandbox.token()
    made = shop.v1.confirmation_tokens.retrieve(token)
    assert made.expires_at - made.created == 12 * 60 * 60
    shop.sandbox.shift_clock(12 * 60 * 60)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        confirm(shop, shop.open(), token)
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    assert shop.sandbox.ledger()["charges"] == []


def test_unknown(shop: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such confirmation_token: 'ctoken_unknown1'") as refused:
        confirm(shop, shop.open(), "ctoken_unknown1")

    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_of_an_element_that_agrees(shop: Any) -> None:
    element = {"amount": 1299, "currency": "usd", "allowed_payment_method_types": ["link", "card"]}
    token = typed(shop, **element).json()

    assert token["payment_method_preview"]["card"]["last4"] == "4242"
    assert token["return_url"] == "https://shop.example/r"
    assert confirm(shop, shop.open(), token["id"]).status == "succeeded"


@pytest.mark.parametrize(
    "difference",
    [{"amount": 1298}, {"currency": "eur"}, {"allowed_payment_method_types": ["card"]}],
)
def test_of_an_element_that_differs(shop: Any, difference: dict[str, Any]) -> None:
    element = {"amount": 1299, "currency": "usd", "allowed_payment_method_types": ["card", "link"]} | difference
    token = typed(shop, **element).json()["id"]

    with pytest.raises(stripe.InvalidRequestError, match="Element") as refused:
        confirm(shop, shop.open(), token)
    assert refused.value.param == "confirmation_token"
    assert shop.v1.confirmation_tokens.retrieve(token).payment_intent is None


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"number": "4242424242424241"}, "incorrect_number"),
        ({"number": "42424242"}, "incorrect_number"),
        ({"exp_month": 13}, "invalid_expiry_month"),
        ({"exp_year": 1995}, "invalid_expiry_year"),
        ({"exp_year": 2095}, "invalid_expiry_year"),
        ({"cvc": "99"}, "invalid_cvc"),
        ({"number": "378282246310005"}, "invalid_cvc"),
    ],
)
def test_invalid_data(shop: Any, card: dict[str, Any], code: str) -> None:
    answer = typed(shop, card)

    assert (answer.status_code, answer.json()["error"]["code"]) == (402, code)
    assert shop.sandbox.ledger()["confirmation_tokens"] == []


def test_a_card_that_is_no_test_card(shop: Any) -> None:
    token = typed(shop, {"number": "4111111111111111"}).json()["id"]

    with pytest.raises(stripe.CardError) as refused:
        confirm(shop, shop.open(), token)
    assert refused.value.error.decline_code == "test_mode_live_card"


def test_number_is_nowhere_kept(shop: Any, database: Any) -> None:
    confirm(shop, shop.open(), typed(shop, {"number": "4000056655665556"}).json()["id"])

    for file in database.parent.iterdir():
        assert b"4000056655665556" not in file.read_bytes()
    assert b"5556" in b"".join(file.read_bytes() for file in database.parent.iterdir())
