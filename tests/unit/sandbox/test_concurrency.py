"""Many at once: an intent is paid once, a key runs once, and nobody meets a locked database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import stripe

from tests.unit.sandbox.conftest import SALE

AT_ONCE = 20


def together(act: Callable[[int], Any]) -> list[Any]:
    """What came of each: an object or an error of Stripe's."""

    def tried(n: int) -> Any:
        try:
            return act(n)
        except stripe.StripeError as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(tried, range(AT_ONCE)))


def test_one_intent_many_tokens(shop: Any) -> None:
    intent = shop.open()
    tokens = [shop.sandbox.token() for _ in range(AT_ONCE)]
    came = together(lambda n: shop.v1.payment_intents.confirm(intent.id, {"confirmation_token": tokens[n]}))

    paid = [each for each in came if isinstance(each, stripe.PaymentIntent)]
    refused = [each for each in came if isinstance(each, stripe.InvalidRequestError)]
    assert (len(paid), len(refused)) == (1, AT_ONCE - 1)
    assert {error.code for error in refused} == {"payment_intent_unexpected_state"}
    assert len(shop.sandbox.charges) == 1


def test_one_token_many_intents(shop: Any) -> None:
    token = shop.sandbox.token()
    intents = [shop.open() for _ in range(AT_ONCE)]
    came = together(lambda n: shop.v1.payment_intents.confirm(intents[n].id, {"confirmation_token": token}))

    assert sum(isinstance(each, stripe.PaymentIntent) for each in came) == 1
    assert len(shop.sandbox.charges) == 1


def test_one_key(shop: Any) -> None:
    came = together(lambda n: shop.v1.payment_intents.create(SALE, {"idempotency_key": "k"}))

    made = {each.id for each in came if isinstance(each, stripe.PaymentIntent)}
    assert len(made) == 1
    assert {each.http_status for each in came if isinstance(each, stripe.StripeError)} <= {409}
    assert len(shop.sandbox.ledger()["payment_intents"]) == 1


def test_many_sales(shop: Any) -> None:
    came = together(lambda n: shop.confirm(shop.open(amount=1000 + n)))

    assert [each.status for each in came] == ["succeeded"] * AT_ONCE
    assert sorted(charge["amount"] for charge in shop.sandbox.charges) == [1000 + n for n in range(AT_ONCE)]
