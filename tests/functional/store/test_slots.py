"""When as many buyers as may wait for Stripe do: the next one is told so, nothing is sent, nothing is written."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from webtest import TestApp

from storefront.models import Base, PurchaseState
from storefront.services.store.buyers import Visitor
from storefront.web.slots import THREADS, Slots
from storefront.web.views.store.states import BEGINS_WITHIN, purpose_of
from tests.factories import make_album
from tests.functional.store.conftest import Counter, Till

Full = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def full(app: TestApp) -> Full:
    """While it is entered, every slot of a server of four threads is taken."""
    slots = app.app.registry.stripe_slots = Slots(patience=0)
    app.extra_environ[THREADS] = 4

    @contextmanager
    def fill() -> Iterator[None]:
        with ExitStack() as stack:
            for number in range(3):
                stack.enter_context(slots.hold(4, f"another {number}"))
            yield

    return fill


def everything(till: Till) -> dict[str, list[Any]]:
    with till.wiring.engine.connect() as connection:
        tables = Base.metadata.sorted_tables
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


def test_busy_and_then_pressed_once_more(counter: Counter, full: Full) -> None:
    form = counter.form()
    before = everything(counter.till)

    with full():
        page = counter.post(form, status=503)

    assert "This was not sent, and nothing was charged" in page
    assert int(page.headers["Retry-After"]) > 0
    assert counter.sent_nothing()
    assert everything(counter.till) == before
    again = page.forms["again"]
    assert {name: again[name].value for name in form} == form, "what was typed, and the token of the card"
    assert "is yours" in again.submit(status=303).follow()
    assert len(counter.till.sandbox.charges) == 1


def test_what_needs_no_stripe_is_never_busy(counter: Counter, full: Full) -> None:
    form = counter.form()
    paid = counter.post(form)
    session = counter.till.session
    make_album(session, counter.till.wiring.storage, slug="gift", title="Gift", amount=0)
    gift = counter.app.get("/store/buy/gift").forms["till"]
    gift["email"] = "ana@example.com"

    with full():
        assert counter.post(form).location == paid.location
        assert "is yours" in gift.submit(status=303).follow()
        counter.app.get(f"/store/return/{counter.purchase.public_id}", status=303)
        counter.app.get("/", status=200)


def test_coming_back_from_the_bank_while_all_are_busy(counter: Counter, full: Full) -> None:
    counter.buy("pm_card_threeDSecure2Required")
    purchase = counter.purchase
    counter.till.answer_bank(purchase)
    asked = len(counter.till.sandbox.ledger()["requests"])

    with full():
        for page in ("return", "authenticate"):
            answer = counter.app.get(f"/store/{page}/{purchase.public_id}", status=503)
            assert "We are checking with your bank" in answer
            assert "othing was charged" not in answer
            assert int(answer.headers["Retry-After"]) > 0
    assert len(counter.till.sandbox.ledger()["requests"]) == asked
    assert counter.purchase.state == PurchaseState.ACTION_REQUIRED

    assert "/store/success/" in counter.app.get(f"/store/return/{purchase.public_id}", status=303).location


def test_another_card_while_all_are_busy(counter: Counter, full: Full) -> None:
    page = counter.buy("pm_card_threeDSecure2Required").follow()
    cancel = next(form for form in page.forms.values() if "/store/cancel/" in form.action)

    with full():
        busy = cancel.submit(status=503)
    assert "charged" not in busy.html.main.text
    assert counter.purchase.state == PurchaseState.ACTION_REQUIRED

    busy.forms["again"].submit(status=303)
    assert counter.purchase.state == PurchaseState.CANCELED


def test_the_same_form_twice_is_sent_once(counter: Counter) -> None:
    """The second press takes no thread; it waits on the status page, which goes on with the first."""
    form = counter.form()
    visitor = Visitor.of(None, next(c.value for c in counter.app.cookiejar if c.name == "buyer"))

    with slots_of(counter).hold(16, purpose_of(visitor, counter.till.album)):
        second = counter.post(form)
        assert f"/store/status/{counter.purchase.public_id}?" in second.location
        assert "We are checking with your bank" in second.follow()
        for changed in ({"amount": "1100"}, {"email": "another@example.com"}):
            assert counter.post({**form, **changed}).location == second.location
        assert counter.sent_nothing()

    counter.post(form)
    assert len(counter.till.rows) == len(counter.till.sandbox.charges) == 1
    assert "/store/success/" in counter.app.get(second.location).location


def test_the_same_form_twice_where_the_shop_has_several_processes(counter: Counter) -> None:
    """The status page of another one, which cannot see the first press, does not answer with the last attempt's end."""
    counter.buy("pm_card_visa_chargeDeclined")
    form = counter.form()
    visitor = Visitor.of(None, next(c.value for c in counter.app.cookiejar if c.name == "buyer"))
    with slots_of(counter).hold(16, purpose_of(visitor, counter.till.album)):
        waits = counter.post(form).location

    page = counter.app.get(waits, status=200)  # nothing in this process's slots, as in another one's
    assert "We are checking with your bank" in page
    assert "othing was charged" not in page
    assert page.html.find("a", string="Look again")["href"] in waits
    for odd in ("sent=", "sent=1", "sent=x-1", "sent=1-99999999999", "sent=0-1", ""):
        counter.app.get(f"{waits.partition('?')[0]}?{odd}", status=303)

    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=BEGINS_WITHIN), tick=True):
        # the first was turned away before it began
        assert "/store/failure/" in counter.app.get(waits, status=303).location
    counter.post(form)
    assert "/store/success/" in counter.app.get(waits, status=303).location


def test_the_same_form_twice_at_two_processes_at_once(counter: Counter) -> None:
    """Stripe says that the other one is at it: nobody is told that this card was not charged, for it is about to be."""
    counter.till.sandbox.fault("409", "/v1/payment_intents", count=2)

    waits = counter.buy("pm_card_visa")

    assert f"/store/status/{counter.purchase.public_id}?" in waits.location
    assert "We are checking with your bank" in waits.follow()
    assert counter.purchase.state == PurchaseState.CREATED


def slots_of(counter: Counter) -> Slots:
    slots: Slots = counter.app.app.registry.stripe_slots
    return slots


def test_who_waits_for_a_slot_holds_no_connection(counter: Counter) -> None:
    checked_out: list[int] = []

    class Watched(Slots):
        @contextmanager
        def hold(self, threads: int, purpose: str) -> Iterator[None]:
            checked_out.append(counter.app.app.registry.wiring.engine.pool.checkedout())
            with super().hold(threads, purpose):
                yield

    counter.app.app.registry.stripe_slots = Watched()
    counter.buy("pm_card_threeDSecure2Required")
    counter.app.get(f"/store/authenticate/{counter.purchase.public_id}")
    counter.app.get(f"/store/return/{counter.purchase.public_id}")
    assert checked_out == [0, 0, 0]


@pytest.mark.parametrize("card", ["pm_card_visa", "pm_card_visa_chargeDeclined", "pm_card_threeDSecure2Required"])
def test_no_connection_is_held_while_stripe_is_asked(counter: Counter, card: str) -> None:
    """From the form to the end of the purchase, over every call."""
    wiring = counter.app.app.registry.wiring
    calls: list[tuple[str, int]] = []
    processor = wiring.processor
    for client in (processor._sent_once, processor._waited_for, processor._asked_again):
        http = client._requestor._client

        def watched(method: str, url: str, *rest: Any, send: Any = http.request, **named: Any) -> Any:
            calls.append((url.rpartition("/")[2], wiring.engine.pool.checkedout()))
            return send(method, url, *rest, **named)

        http.request = watched

    page = counter.buy(card)
    if card == "pm_card_threeDSecure2Required":
        counter.app.get(page.location)
        counter.app.get(f"/store/return/{counter.purchase.public_id}")
    counter.till.worker.run_due()

    assert {"payment_intents", "confirm"} <= {name for name, _ in calls}
    assert {held for _, held in calls} == {0}
