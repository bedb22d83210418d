"""A Stripe that is silent, or not even there: the buyer's thread is free in time, and the buyer reads what is true.

The limits are the shop's own, a twentieth as long.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from time import monotonic

import pytest
import stripe

from storefront.models import PurchaseState
from storefront.payments import CreditCardProcessor
from storefront.payments.credit_card_processor import BRISK, PATIENT, RELAXED
from storefront.payments.errors import PaymentInDoubt
from storefront.payments.transport import pooled
from storefront.services.store.errors import CheckoutUnavailable
from tests.functional.store.conftest import Till
from tests.support.gate import Gate, gate_before

SHORTER = 20
#: Far more than the limits, and far less than waiting for nothing takes.
IN_TIME = 40


def shortened(timeouts: tuple[float, float]) -> stripe.HTTPClient:
    return pooled()((timeouts[0] / SHORTER, timeouts[1] / SHORTER))


def processor_at(address: str) -> CreditCardProcessor:
    return CreditCardProcessor(
        "sk_test_sandbox_shop",
        "pk_test_sandbox_shop",
        webhook_secrets=["whsec_sandbox_shop"],
        api_base=address,
        stripe_js_url="",
        transport=shortened,
    )


def move_to(till: Till, address: str) -> None:
    till.wiring = replace(till.wiring, processor=processor_at(address))


@pytest.fixture
def gate(till: Till) -> Iterator[Gate]:
    """In front of the sandbox; the till's purchases go through it."""
    with gate_before(till.sandbox.url) as gate:
        move_to(till, gate.url)
        yield gate


@pytest.fixture
def trickle() -> Iterator[str]:
    """An address where every request is answered, a byte every tenth of a second, for ever."""
    over = threading.Event()

    def answer(client: socket.socket) -> None:
        with client, suppress(OSError):
            client.recv(65536)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{")
            while not over.wait(0.1):
                client.sendall(b" ")

    def accept() -> None:
        with suppress(OSError):
            while True:
                threads.append(threading.Thread(target=answer, args=(listener.accept()[0],)))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads = [threading.Thread(target=accept)]
        threads[0].start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join()


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address where no connection is ever accepted: its queue is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        with pytest.raises(TimeoutError):
            socket.create_connection(listener.getsockname(), timeout=0.2)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_the_limits() -> None:
    assert PATIENT == (3.05, 20), "a little more than a TCP packet's second sending; longest where money moves"
    assert BRISK == (3.05, 4)
    assert RELAXED == (3.05, 8), "what nobody waits for"


def test_an_answer_that_never_comes(till: Till, gate: Gate, pass_time: Callable[..., None]) -> None:
    token = till.sandbox.token()
    gate.shut_at(b"/confirm")
    start = monotonic()

    purchase = till.buy(token=token)

    assert monotonic() - start < IN_TIME
    assert purchase.state == PurchaseState.CONFIRMING
    assert purchase.doubt_shown_at is not None, "the buyer reads that we are checking, and is mailed how it ends"
    assert till.sandbox.charges == []
    gate.open()  # and the request that was given up arrives
    pass_time(seconds=60)
    assert [row.state for row in till.rows] == [PurchaseState.PAID]
    assert len(till.sandbox.charges) == 1


def test_silence_from_the_first_call_on(till: Till, gate: Gate) -> None:
    token = till.sandbox.token()
    gate.shut()
    start = monotonic()

    with pytest.raises(CheckoutUnavailable):  # no money can have moved
        till.buy(token=token)

    assert monotonic() - start < IN_TIME
    assert till.attempts == []
    gate.open()
    assert till.sandbox.charges == []


def test_nobody_is_there(till: Till, nobody: str) -> None:
    till.buy("pm_card_visa_chargeDeclined")
    token = till.sandbox.token()
    move_to(till, nobody)
    start = monotonic()

    purchase = till.buy(token=token)

    assert monotonic() - start < IN_TIME
    assert purchase.state == PurchaseState.CONFIRMING
    assert purchase.doubt_shown_at is not None
    assert till.sandbox.charges == []


def test_an_answer_that_only_trickles_in(till: Till, trickle: str) -> None:
    """Each byte is in time, and the whole would take hours."""
    till.buy("pm_card_visa_chargeDeclined")
    token = till.sandbox.token()
    move_to(till, trickle)

    purchase = till.buy(token=token)

    assert purchase.state == PurchaseState.CONFIRMING
    assert purchase.doubt_shown_at is not None
    assert till.sandbox.charges == []


@pytest.mark.parametrize("call", ["find_payment", "cancel_payment", "find_card"])
def test_every_other_call_ends_too(nobody: str, call: str) -> None:
    start = monotonic()
    with pytest.raises(PaymentInDoubt):
        getattr(processor_at(nobody), call)("pi_1")
    assert monotonic() - start < IN_TIME
