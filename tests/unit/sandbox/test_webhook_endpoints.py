"""Addresses that the account has registered for events: what they are sent, and signed with what."""

from collections import defaultdict
from typing import Any

import pytest
import stripe

from storefront.sandbox.outbox import Message, deliver_next
from tests.support.in_process import WEBHOOK_SECRET

ADDRESS = "https://shop.example/hooks"
OF_THE_SETTINGS = "http://shop.test/stripe/webhook"


def register(till: Any, *events: str, **params: Any) -> Any:
    return till.v1.webhook_endpoints.create({"url": ADDRESS, "enabled_events": list(events), **params})


def delivered(till: Any) -> dict[str, list[Message]]:
    """Address -> what it is sent now."""
    sent: dict[str, list[Message]] = defaultdict(list)

    def post(message: Message) -> int:
        sent[message.url].append(message)
        return 200

    while deliver_next(till.sandbox.service, post):
        pass
    return sent


def types(messages: list[Message], secret: str) -> list[str]:
    """Of the events, whose signatures are right."""
    return [stripe.Webhook.construct_event(m.body.decode(), m.signature, secret).type for m in messages]


def test_the_secret_is_told_once(till: Any) -> None:
    made = register(till, "*", description="the shop", metadata={"a": "b"}, api_version=stripe.api_version)
    assert made.secret.startswith("whsec_")

    found = till.v1.webhook_endpoints.retrieve(made.id)
    assert not hasattr(found, "secret")
    assert not hasattr(till.v1.webhook_endpoints.list().data[0], "secret")
    assert (found.url, found.enabled_events, found.status) == (ADDRESS, ["*"], "enabled")
    assert (found.description, found.metadata.to_dict(), found.api_version) == (
        "the shop",
        {"a": "b"},
        stripe.api_version,
    )


def test_only_what_it_asked_for(till: Any) -> None:
    made = register(till, "charge.succeeded", "charge.refunded")
    till.sandbox.refund(till.pay().id)
    sent = delivered(till)

    assert types(sent[ADDRESS], made.secret) == ["charge.succeeded", "charge.refunded"]
    assert types(sent[OF_THE_SETTINGS], WEBHOOK_SECRET) == till.events("")


def test_everything(till: Any) -> None:
    made = register(till, "*")
    till.pay()

    assert types(delivered(till)[ADDRESS], made.secret) == till.events("")


def test_an_event_waits_for_all_who_listen(till: Any) -> None:
    register(till, "payment_intent.created")
    till.v1.payment_intents.create({"amount": 900, "currency": "usd"})

    def post(message: Message) -> int:
        return 500 if message.url == ADDRESS else 200

    assert till.v1.events.list().data[0].pending_webhooks == 2
    assert deliver_next(till.sandbox.service, post)
    assert deliver_next(till.sandbox.service, post)
    [waiting] = till.v1.events.list({"delivery_success": False}).data
    assert waiting.pending_webhooks == 1


def test_changed(till: Any) -> None:
    made = register(till, "*")
    elsewhere = "https://shop.example/elsewhere"
    changed = till.v1.webhook_endpoints.update(
        made.id,
        {"url": elsewhere, "enabled_events": ["charge.succeeded"], "description": "x", "metadata": {"c": "d"}},
    )
    assert (changed.url, changed.description, changed.metadata.to_dict()) == (elsewhere, "x", {"c": "d"})
    assert not hasattr(changed, "secret")
    till.pay()

    sent = delivered(till)
    assert types(sent[elsewhere], made.secret) == ["charge.succeeded"]
    assert ADDRESS not in sent


def test_switched_off_and_on(till: Any) -> None:
    made = register(till, "charge.succeeded")
    till.pay()
    assert till.v1.webhook_endpoints.update(made.id, {"disabled": True}).status == "disabled"
    till.pay()
    assert till.v1.events.list({"type": "charge.succeeded"}).data[0].pending_webhooks == 1
    assert ADDRESS not in delivered(till)
    till.v1.webhook_endpoints.update(made.id, {"disabled": False})
    till.pay()

    assert len(delivered(till)[ADDRESS]) == 1


def test_taken_away(till: Any) -> None:
    made = register(till, "*")
    till.pay()
    gone = till.v1.webhook_endpoints.delete(made.id)

    assert (gone.id, gone.deleted) == (made.id, True)
    assert ADDRESS not in delivered(till)
    with pytest.raises(stripe.InvalidRequestError, match="No such webhook_endpoint"):
        till.v1.webhook_endpoints.delete(made.id)
    assert till.v1.webhook_endpoints.list().data == []


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"url": "shop.example/hooks"}, "url"),
        ({"url": "ftp://shop.example"}, "url"),
        ({"enabled_events": ["charge.paid"]}, "enabled_events[0]"),
        ({"api_version": "2020-08-27"}, "api_version"),
        ({"connect": True}, "connect"),
    ],
)
def test_refused(till: Any, changes: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        till.v1.webhook_endpoints.create({"url": ADDRESS, "enabled_events": ["*"], **changes})

    assert refused.value.param == param


def test_sixteen_at_most(till: Any) -> None:
    for _ in range(16):
        register(till, "*")
    with pytest.raises(stripe.InvalidRequestError, match="maximum of 16"):
        register(till, "*")
