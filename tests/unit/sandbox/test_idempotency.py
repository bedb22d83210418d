"""https://docs.stripe.com/api/idempotent_requests, rule by rule."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.unit.sandbox.conftest import SALE, until


def create(shop: Any, key: str, **changes: Any) -> Any:
    return shop.v1.payment_intents.create(SALE | changes, {"idempotency_key": key})


def confirm(shop: Any, intent: Any, key: str, method: str = "pm_card_visa") -> Any:
    return shop.v1.payment_intents.confirm(intent.id, {"payment_method": method}, {"idempotency_key": key})


def test_same_answer_again(shop: Any) -> None:
    first, again = create(shop, "k"), create(shop, "k")

    assert first.to_dict() == again.to_dict()
    assert len(shop.sandbox.ledger()["payment_intents"]) == 1
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert again.last_response.headers["Idempotency-Key"] == "k"


def test_order_of_parameters_does_not_matter(shop: Any) -> None:
    first = shop.v1.payment_intents.create({"amount": 500, "currency": "usd"}, {"idempotency_key": "k"})
    again = shop.v1.payment_intents.create({"currency": "usd", "amount": 500}, {"idempotency_key": "k"})

    assert first.id == again.id


def test_decline_is_saved(shop: Any) -> None:
    intent = shop.open()
    answers = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refused:
            confirm(shop, intent, "k", "pm_card_visa_chargeDeclined")
        answers.append(refused.value)

    assert answers[0].json_body == answers[1].json_body
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert len(shop.sandbox.ledger()["charges"]) == 1


def test_refusal_by_the_endpoint_is_saved(shop: Any) -> None:
    intent = shop.open()
    shop.v1.payment_intents.cancel(intent.id)
    for replayed in (False, True):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            confirm(shop, intent, "k")
        assert ("Idempotent-Replayed" in refused.value.headers) is replayed


def test_parameter_error_is_not_saved(shop: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        create(shop, "k", amount="none")

    assert create(shop, "k").status == "requires_payment_method"


def test_wrong_key_of_the_api_is_not_saved(shop: Any, client_with: Callable[..., stripe.StripeClient]) -> None:
    with pytest.raises(stripe.AuthenticationError):
        client_with(shop.sandbox.url, "sk_test_other").v1.payment_intents.create(SALE, {"idempotency_key": "k"})

    assert create(shop, "k").status == "requires_payment_method"


def test_limiter_is_not_saved(shop: Any) -> None:
    shop.sandbox.fault("429")
    with pytest.raises(stripe.RateLimitError):
        create(shop, "k")

    assert create(shop, "k").status == "requires_payment_method"


def test_server_error_is_saved(shop: Any) -> None:
    intent = shop.open()
    shop.sandbox.fault("status_500")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            confirm(shop, intent, "k")
        assert failed.value.http_status == 500

    assert len(shop.sandbox.charges) == 1  # it had run
    assert failed.value.headers["Idempotent-Replayed"] == "true"


def test_server_error_in_front_is_not_saved(shop: Any) -> None:
    shop.sandbox.fault("status_500_unsaved")
    with pytest.raises(stripe.APIError):
        create(shop, "k")

    assert create(shop, "k").status == "requires_payment_method"
    assert len(shop.sandbox.ledger()["payment_intents"]) == 1


@pytest.mark.parametrize("changes", [{"amount": 1300}, {"description": "x"}])
def test_other_parameters(shop: Any, changes: dict[str, Any]) -> None:
    create(shop, "k")
    with pytest.raises(stripe.IdempotencyError, match="can only be used with the same parameters") as refused:
        create(shop, "k", **changes)

    assert refused.value.http_status == 400
    assert len(shop.sandbox.ledger()["payment_intents"]) == 1


def test_other_endpoint(shop: Any) -> None:
    intent = create(shop, "k")
    with pytest.raises(stripe.IdempotencyError):
        confirm(shop, intent, "k")


def test_in_use(shop: Any) -> None:
    intent = shop.open()
    shop.sandbox.fault("delay", ".*/confirm", seconds=0.6)
    first: list[Any] = []
    thread = threading.Thread(target=lambda: first.append(confirm(shop, intent, "k")))
    thread.start()
    until(lambda: not shop.sandbox.ledger()["faults"])  # the first request has its fault, and holds the key
    with pytest.raises(stripe.APIError) as refused:
        confirm(shop, intent, "k")
    thread.join()

    assert refused.value.http_status == 409
    assert refused.value.error.code == "idempotency_key_in_use"
    assert first[0].status == "succeeded"
    assert confirm(shop, intent, "k").id == intent.id  # the 409 was not saved in its place
    assert len(shop.sandbox.charges) == 1


def test_key_is_new_again_after_a_day(shop: Any) -> None:
    first = create(shop, "k")
    shop.sandbox.shift_clock(24 * 60 * 60 - 10)
    assert create(shop, "k").id == first.id
    shop.sandbox.shift_clock(20)

    assert create(shop, "k").id != first.id


def test_key_of_255_characters(shop: Any) -> None:
    assert create(shop, "k" * 255)
    with pytest.raises(stripe.InvalidRequestError):
        create(shop, "k" * 256)
