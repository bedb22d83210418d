"""A network that sends requests twice. Under its key each runs once; the answer may be the second one's."""

from dataclasses import replace
from typing import Any

import pytest
import stripe

from storefront.models import PurchaseState
from storefront.payments import CreditCardProcessor
from storefront.payments.transport import pooled
from tests.functional.store.conftest import Till


class Twice(stripe.HTTPClient):
    """A network that sends the card twice, and hands on the second answer: Stripe's limiter turned that one away."""

    name = "twice"

    def __init__(self, till: Till, way: stripe.HTTPClient) -> None:
        super().__init__()
        self._till, self._way = till, way

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, *, _usage: Any = None) -> Any:
        if url.endswith("/confirm"):
            self._way.request(method, url, headers, post_data)
            self._till.sandbox.fault("429", ".*/confirm")
        return self._way.request(method, url, headers, post_data)


@pytest.mark.parametrize(
    ("card", "state"),
    [
        ("pm_card_visa", PurchaseState.PAID),
        ("pm_card_visa_chargeDeclined", PurchaseState.OPEN),
        ("pm_card_threeDSecure2Required", PurchaseState.ACTION_REQUIRED),
    ],
)
def test_nobody_is_told_not_charged_of_a_card_that_the_network_sent_twice(
    till: Till, card: str, state: PurchaseState
) -> None:
    settings = till.wiring.settings
    processor = CreditCardProcessor(
        settings.stripe_secret_key,
        settings.stripe_publishable_key,
        webhook_secrets=settings.webhook_secrets,
        api_base=till.sandbox.url,
        stripe_js_url="",
        transport=lambda timeouts: Twice(till, pooled()(timeouts)),
    )
    till.wiring = replace(till.wiring, processor=processor)

    assert till.buy(card).state == state  # and no CheckoutUnavailable
    assert till.attempts[0].outcome in ("succeeded", "declined", None)
