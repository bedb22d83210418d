"""Events reach the shop: signed, in order, and again when they were not taken."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import stripe

from storefront.sandbox import Server, main
from tests.support.sandbox import Sandbox
from tests.unit.sandbox.conftest import Shop, client_of, until

SECRET = "whsec_of_this_test"


class Receiver:
    """A shop that answers with the statuses it was told, then with 200; what came is in `heard`."""

    def __init__(self) -> None:
        self.heard: Queue[tuple[bytes, str]] = Queue()
        self.statuses: list[int] = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.heard.put((body, self.headers["Stripe-Signature"]))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Content-Length", "0")
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def do_GET(self) -> None:  # where a redirect leads, if anybody follows it
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/stripe/webhook"

    def next(self) -> stripe.Event:
        """The next delivery, checked as a shop does."""
        body, signature = self.heard.get(timeout=60)
        return stripe.Webhook.construct_event(body.decode(), signature, SECRET)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


@pytest.fixture
def listening(receiver: Receiver, tmp_path: Path) -> Iterator[Shop]:
    """A sandbox that sends its events to the receiver."""
    settings = {
        "database": str(tmp_path / "s.sqlite"),
        "webhook_url": receiver.url,
        "webhook_secret": SECRET,
        "settlement_delay": "0",
        "webhook_pauses": "0 0 0",
    }
    with Server(main(**{f"sandbox.{name}": value for name, value in settings.items()}), 0) as server:
        yield Shop(Sandbox(server.address), client_of(server.address))


def test_signed_and_in_order(listening: Any, receiver: Receiver) -> None:
    paid = listening.confirm(listening.open())

    heard = [receiver.next() for _ in range(4)]
    assert [event.type for event in heard] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
    ]
    assert heard[2].data.object["id"] == paid.id
    assert heard[0].api_version == stripe.api_version
    assert heard[1].data.object["balance_transaction"] is None


@pytest.mark.parametrize("status", [500, 302, 404])
def test_again_when_not_taken(listening: Any, receiver: Receiver, status: int) -> None:
    receiver.statuses = [status, status, 200]
    listening.open()

    assert len({receiver.next().id for _ in range(3)}) == 1
    assert delivered(listening)["attempts"] == 3


def test_given_up_after_three_more_times(listening: Any, receiver: Receiver) -> None:
    receiver.statuses = [500] * 4
    listening.open()
    heard = [receiver.next() for _ in range(4)]
    until(lambda: listening.sandbox.ledger()["deliveries"][0]["attempts"] == 4)

    waiting = listening.v1.events.list({"delivery_success": False}).data
    assert [event.id for event in waiting] == [heard[0].id]
    assert waiting[0].pending_webhooks == 1
    assert listening.v1.events.list({"delivery_success": True}).data == []
    assert listening.sandbox.ledger()["deliveries"][0]["due"] is None


def test_taken(listening: Any, receiver: Receiver) -> None:
    listening.open()
    event = receiver.next()
    delivered(listening)

    assert listening.v1.events.list({"delivery_success": False}).data == []
    assert listening.v1.events.retrieve(event.id).pending_webhooks == 0


def delivered(shop: Any) -> dict[str, Any]:
    """The first delivery, once it is in the books."""
    until(lambda: shop.sandbox.ledger()["deliveries"][0]["delivered"])
    found: dict[str, Any] = shop.sandbox.ledger()["deliveries"][0]
    return found


def test_dropped(listening: Any, receiver: Receiver) -> None:
    listening.sandbox.fault("webhook_drop", "charge.succeeded")
    listening.confirm(listening.open())

    assert [receiver.next().type for _ in range(3)] == [
        "payment_intent.created",
        "payment_intent.succeeded",
        "charge.updated",
    ]

    def waiting() -> list[str]:
        return [event.type for event in listening.v1.events.list({"delivery_success": False}).data]

    until(lambda: waiting() == ["charge.succeeded"])  # the answer to the last one is written down a moment later


def test_twice(listening: Any, receiver: Receiver) -> None:
    listening.sandbox.fault("webhook_twice")
    listening.open()

    assert receiver.next().id == receiver.next().id


def test_held_until_later(listening: Any, receiver: Receiver) -> None:
    listening.sandbox.fault("webhook_hold", "charge.succeeded", seconds=60)
    listening.confirm(listening.open())
    assert [receiver.next().type for _ in range(3)][1:] == ["payment_intent.succeeded", "charge.updated"]
    listening.sandbox.shift_clock(61)

    assert receiver.next().type == "charge.succeeded"


def test_a_fault_of_requests_is_not_spent_on_a_delivery(listening: Any, receiver: Receiver) -> None:
    listening.sandbox.fault("429", "payment_intent.created|/v1/payment_intents/.+")
    intent = listening.open()
    receiver.next()
    with pytest.raises(stripe.RateLimitError):
        listening.v1.payment_intents.retrieve(intent.id)


def test_nobody_there(tmp_path: Path) -> None:
    settings = {"sandbox.database": str(tmp_path / "s.sqlite"), "sandbox.webhook_url": "http://127.0.0.1:9/nobody"}
    with Server(main(**settings), 0) as server:
        shop = Shop(Sandbox(server.address), client_of(server.address))
        shop.open()
        until(lambda: shop.sandbox.ledger()["deliveries"][0]["attempts"])

        assert shop.sandbox.ledger()["deliveries"][0]["last_status"] is None
