"""When webhooks come: tried again over some hours, and out of order when that is ordered."""

import json
from typing import Any

import pytest

MINUTE, HOUR = 60, 60 * 60


class Shop:
    """Takes webhooks with the statuses that it was told, then with 200."""

    def __init__(self, till: Any, *statuses: int | None) -> None:
        self.till, self.statuses = till, list(statuses)
        self.heard: list[str] = []

    def __call__(self, body: bytes, signature: str) -> int | None:
        self.heard.append(json.loads(body)["type"])
        return self.statuses.pop(0) if self.statuses else 200

    def hears(self) -> list[str]:
        """What is delivered now."""
        before = len(self.heard)
        self.till.sandbox.deliver_due(self)
        return self.heard[before:]


def open_intent(till: Any) -> None:
    till.v1.payment_intents.create({"amount": 900, "currency": "usd"})


@pytest.mark.parametrize("status", [500, 302, None])
def test_three_more_times_over_some_hours(till: Any, status: int | None) -> None:
    shop = Shop(till, *[status] * 9)
    open_intent(till)
    tries = []
    for minute in range(6 * 60):
        if shop.hears():
            tries.append(minute)
        till.pass_time(MINUTE)

    assert tries == [0, 5, 65, 245]
    [delivery] = till.sandbox.ledger()["deliveries"]
    assert (delivery["attempts"], delivery["due"], delivery["delivered"]) == (4, None, 0)
    assert till.v1.events.list({"delivery_success": False}).data[0].pending_webhooks == 1


def test_taken_at_last(till: Any) -> None:
    shop = Shop(till, 500, 503)
    open_intent(till)
    for _ in range(3):
        shop.hears()
        till.pass_time(HOUR)

    assert len(shop.heard) == 3
    assert till.v1.events.list({"delivery_success": False}).data == []


PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "charge.updated"]


def test_after_the_next_one(till: Any) -> None:
    till.sandbox.fault("webhook_reorder", "charge.succeeded")
    till.pay()

    assert Shop(till).hears() == [PAID[0], PAID[2], PAID[1], PAID[3]]


def test_after_the_next_one_though_it_was_not_taken(till: Any) -> None:
    till.sandbox.fault("webhook_reorder", "payment_intent.created")
    till.pay()

    assert Shop(till, 500).hears() == [PAID[1], PAID[0], *PAID[2:]]


def test_not_for_ever_when_there_is_no_next_one(till: Any) -> None:
    till.sandbox.fault("webhook_reorder", "payment_intent.created")
    open_intent(till)
    shop = Shop(till)
    assert shop.hears() == []
    till.pass_time(61)

    assert shop.hears() == [PAID[0]]


def test_twice_and_never(till: Any) -> None:
    till.sandbox.fault("webhook_twice", "charge.succeeded")
    till.sandbox.fault("webhook_drop", "payment_intent.succeeded")
    till.pay()
    shop = Shop(till)

    assert shop.hears() == [PAID[0], PAID[1], PAID[1], PAID[3]]
    till.pass_time(24 * HOUR)
    assert shop.hears() == []


def test_held(till: Any) -> None:
    till.sandbox.fault("webhook_hold", "charge.succeeded", seconds=HOUR)
    till.pay()
    shop = Shop(till)
    assert shop.hears() == [PAID[0], *PAID[2:]]
    till.pass_time(HOUR + 1)

    assert shop.hears() == [PAID[1]]
