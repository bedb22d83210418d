"""What a test orders to go wrong does go wrong, as often as it was ordered."""

import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import stripe

from tests.unit.sandbox.conftest import until


def test_dropped_before_it_ran(shop: Any) -> None:
    intent = shop.open()
    shop.sandbox.fault("drop_before", "/v1/payment_intents/[^/]+/confirm")
    with pytest.raises(stripe.APIConnectionError):
        shop.confirm(intent, key="k")

    assert shop.sandbox.ledger()["charges"] == []
    assert shop.confirm(intent).status == "succeeded"  # once was ordered


def test_dropped_after_it_ran(shop: Any) -> None:
    intent = shop.open()
    shop.sandbox.fault("drop_after", ".*/confirm")
    with pytest.raises(stripe.APIConnectionError):
        shop.confirm(intent, key="k")

    assert shop.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert len(shop.sandbox.charges) == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_the_connection_ends_without_a_byte(shop: Any, kind: str) -> None:
    shop.sandbox.fault(kind)
    connection = http.client.HTTPConnection(urlsplit(shop.sandbox.url).netloc, timeout=10)
    connection.request("GET", "/v1/charges", headers={"Authorization": "Bearer sk_test_sandbox_shop"})

    with pytest.raises(ConnectionError):
        connection.getresponse()
    connection.close()


def test_cut(shop: Any) -> None:
    intent = shop.open()
    shop.sandbox.fault("cut", ".*/confirm")
    with pytest.raises(stripe.APIConnectionError):
        shop.confirm(intent)

    assert shop.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_runs_late(shop: Any) -> None:
    intent = shop.open()
    impatient = stripe.StripeClient(
        "sk_test_sandbox_shop",
        base_addresses={"api": shop.sandbox.url},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=0.1),
    )
    token = shop.sandbox.token()
    shop.sandbox.fault("delay", ".*/confirm", seconds=2)
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.payment_intents.confirm(intent.id, {"confirmation_token": token})
    assert shop.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"

    until(lambda: shop.v1.payment_intents.retrieve(intent.id).status == "succeeded")


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("429", 429, "rate_limit"),
        ("lock_timeout", 429, "lock_timeout"),
        ("409", 409, "idempotency_key_in_use"),
        ("status_500", 500, None),
        ("status_500_unsaved", 500, None),
    ],
)
def test_refusals(shop: Any, kind: str, status: int, code: str | None) -> None:
    shop.sandbox.fault(kind, "/v1/payment_intents", method="POST")
    with pytest.raises(stripe.StripeError) as refused:
        shop.open()

    assert (refused.value.http_status, getattr(refused.value.error, "code", None)) == (status, code)


def test_only_what_fits_and_as_often_as_ordered(shop: Any) -> None:
    intent = shop.open()
    shop.sandbox.fault("429", f"/v1/payment_intents/{intent.id}", method="GET", count=2)
    shop.v1.payment_intents.update(intent.id, {"description": "x"})  # another method
    shop.v1.payment_intents.list()  # another address
    for _ in range(2):
        with pytest.raises(stripe.RateLimitError):
            shop.v1.payment_intents.retrieve(intent.id)

    assert shop.v1.payment_intents.retrieve(intent.id).description == "x"


def test_taken_back(shop: Any) -> None:
    shop.sandbox.fault("429", count=5)
    shop.sandbox.forget_faults()

    assert shop.open()


@pytest.mark.parametrize("wish", [{"kind": "earthquake"}, {"kind": "cut", "endpoint": "("}])
def test_an_order_that_makes_no_sense(shop: Any, wish: dict[str, str]) -> None:
    assert requests.post(f"{shop.sandbox.url}/_sandbox/faults", json=wish, timeout=10).status_code == 400


def test_the_ledger_has_what_was_asked(shop: Any) -> None:
    intent = shop.open()
    shop.sandbox.fault("drop_before", ".*/confirm")
    with pytest.raises(stripe.APIConnectionError):
        shop.confirm(intent, key="k1")
    with pytest.raises(stripe.CardError):
        shop.confirm(intent, "pm_card_visa_chargeDeclined", key="k2")

    asked = [r for r in shop.sandbox.ledger()["requests"] if r["path"].endswith("/confirm")]
    assert [(r["idempotency_key"], r["status"], r["fault"]) for r in asked] == [
        ("k1", None, "drop_before"),
        ("k2", 402, None),
    ]
    assert len({r["body_sha256"] for r in asked}) == 2
