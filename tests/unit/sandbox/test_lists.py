"""Pages, filters and expanding."""

from typing import Any

import pytest
import stripe


def ids(page: Any) -> list[str]:
    return [found.id for found in page.data]


def test_pages(shop: Any) -> None:
    made = [shop.open(amount=1000 + n).id for n in range(5)][::-1]
    intents = shop.v1.payment_intents

    first = intents.list({"limit": 2})
    assert (ids(first), first.has_more, first.url) == (made[:2], True, "/v1/payment_intents")
    second = intents.list({"limit": 2, "starting_after": made[1]})
    assert (ids(second), second.has_more) == (made[2:4], True)
    last = intents.list({"limit": 2, "starting_after": made[3]})
    assert (ids(last), last.has_more) == (made[4:], False)
    back = intents.list({"limit": 2, "ending_before": made[3]})
    assert (ids(back), back.has_more) == (made[1:3], True)
    front = intents.list({"limit": 2, "ending_before": made[2]})
    assert (ids(front), front.has_more) == (made[:2], False)
    assert [found.id for found in intents.list({"limit": 2}).auto_paging_iter()] == made


def test_ten_by_default(shop: Any) -> None:
    for _ in range(11):
        shop.open()

    assert len(shop.v1.payment_intents.list().data) == 10
    assert len(shop.v1.payment_intents.list({"limit": 100}).data) == 11


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_limits(shop: Any, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.payment_intents.list({"limit": limit})

    assert refused.value.code == "parameter_invalid_integer"


def test_one_direction_at_a_time(shop: Any) -> None:
    intent = shop.open()
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        shop.v1.payment_intents.list({"starting_after": intent.id, "ending_before": intent.id})


def test_created(shop: Any) -> None:
    old = shop.open()
    shop.sandbox.shift_clock(1000)
    new = shop.open()
    intents = shop.v1.payment_intents

    assert ids(intents.list({"created": {"gte": new.created}})) == [new.id]
    assert ids(intents.list({"created": {"gt": old.created, "lte": new.created}})) == [new.id]
    assert ids(intents.list({"created": {"lt": new.created}})) == [old.id]
    assert ids(intents.list({"created": old.created})) == [old.id]


def test_charges_of_an_intent(shop: Any) -> None:
    intent = shop.open()
    shop.confirm(shop.open())
    declined = shop.declined(intent, "pm_card_visa_chargeDeclined").error.charge
    paid = shop.confirm(intent).latest_charge

    assert ids(shop.v1.charges.list({"payment_intent": intent.id})) == [paid, declined]


def test_books_of_a_charge(shop: Any) -> None:
    shop.confirm(shop.open())
    charge = shop.confirm(shop.open()).latest_charge

    found = shop.v1.balance_transactions.list({"source": charge})
    assert [entry.source for entry in found.data] == [charge]
    assert shop.v1.balance_transactions.list({"type": "refund"}).data == []


def test_events_by_type(shop: Any) -> None:
    shop.confirm(shop.open())
    events = shop.v1.events

    assert [e.type for e in events.list({"type": "charge.succeeded"}).data] == ["charge.succeeded"]
    assert {e.type for e in events.list({"type": "payment_intent.*"}).data} == {
        "payment_intent.created",
        "payment_intent.succeeded",
    }
    found = events.list({"types": ["charge.updated", "payment_intent.created"]}).data
    assert [e.type for e in found] == ["charge.updated", "payment_intent.created"]
    with pytest.raises(stripe.InvalidRequestError):
        events.list({"type": "charge.updated", "types": ["charge.updated"]})


def test_events_of_twenty_types_at_most(shop: Any) -> None:
    assert shop.v1.events.list({"types": ["charge.failed"] * 20}).data == []
    with pytest.raises(stripe.InvalidRequestError, match="at most 20"):
        shop.v1.events.list({"types": ["charge.failed"] * 21})


def test_events_end_after_thirty_days(shop: Any) -> None:
    shop.open()
    event = shop.v1.events.list().data[0]
    shop.sandbox.shift_clock(30 * 24 * 60 * 60 + 5)

    assert shop.v1.events.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.events.retrieve(event.id)


def test_expand(shop: Any) -> None:
    intent = shop.open()
    shop.confirm(intent)
    path = "latest_charge.balance_transaction"

    one = shop.v1.payment_intents.retrieve(intent.id, {"expand": [path, "payment_method"]})
    assert one.latest_charge.balance_transaction.source == one.latest_charge.id
    assert one.payment_method.card.last4 == "4242"
    listed = shop.v1.payment_intents.list({"expand": [f"data.{path}"]})
    assert listed.data[0].latest_charge.balance_transaction.amount == 1299
    circle = shop.v1.charges.list({"expand": ["data.payment_intent.latest_charge"]})
    assert circle.data[0].payment_intent.latest_charge.id == circle.data[0].id


@pytest.mark.parametrize(
    "path", ["amount", "nothing", "latest_charge.amount", "latest_charge.payment_intent.latest_charge.payment_intent.x"]
)
def test_what_cannot_be_expanded(shop: Any, path: str) -> None:
    intent = shop.open()
    shop.confirm(intent)

    with pytest.raises(stripe.InvalidRequestError, match="expand"):
        shop.v1.payment_intents.retrieve(intent.id, {"expand": [path]})
    with pytest.raises(stripe.InvalidRequestError, match="expand"):
        shop.v1.payment_intents.list({"expand": ["data"]})
