"""Fifty buyers wait for a Stripe that does not answer: everybody else's pages are answered all the same.

A real server over real sockets; Stripe is behind a gate that the test shuts and opens, so that nothing depends on time.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest
from sqlalchemy.orm import Session
from webtest import TestApp

from storefront.models import Album
from storefront.serving import Server
from storefront.wiring import Wiring
from tests.factories import make_album
from tests.support.buying import Answer, ask, open_form, post_form
from tests.support.gate import Gate, gate_before
from tests.support.sandbox import Sandbox

BUYERS = 50
THREADS = 16
AT_ONCE, IN_THE_QUEUE = 12, 2
PAGES = 30


@pytest.fixture
def gate(ini: dict[str, str]) -> Iterator[Gate]:
    with gate_before(ini["stripe.api_base"]) as gate:
        ini["stripe.api_base"] = gate.url
        yield gate


@pytest.fixture
def shop(gate: Gate, app: TestApp) -> Iterator[str]:
    """The address of the shop."""
    server = Server(app.app, port=0, threads=THREADS)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://{server.host}:{server.port}"
    gate.open()
    server.stop()
    thread.join()


@pytest.fixture
def album(session: Session, wiring: Wiring) -> Album:
    return make_album(session, wiring.storage)


def test_pages_are_answered_while_fifty_buyers_wait(shop: str, gate: Gate, album: Album, sandbox: Sandbox) -> None:
    forms = [open_form(shop, album.slug) for _ in range(BUYERS)]
    tokens = [sandbox.token() for _ in range(BUYERS)]

    def buy(number: int) -> Answer:
        cookies, fields = forms[number]
        fields = {**fields, "email": f"buyer{number}@example.com", "stripeToken": tokens[number]}
        return post_form(shop, album.slug, cookies, fields)

    gate.shut()
    with ThreadPoolExecutor(BUYERS) as pool:
        purchases = [pool.submit(buy, number) for number in range(BUYERS)]
        gate.wait_for(AT_ONCE)
        answered = as_completed(purchases, timeout=60)
        busy = [next(answered).result() for _ in range(BUYERS - AT_ONCE - IN_THE_QUEUE)]
        pages = [ask(shop, "GET", f"/albums/{album.slug}") for _ in range(PAGES)]

        assert [page.status for page in pages] == [200] * PAGES
        assert sandbox.ledger()["requests"] == sandbox.ledger()["requests"][: len(tokens)], "nothing has come through"
        assert {answer.status for answer in busy} == {503}
        assert all("nothing was charged" in answer.page and int(answer.headers["retry-after"]) > 0 for answer in busy)
        assert gate.held == AT_ONCE
        gate.open()
        done = [purchase.result() for purchase in answered]

    assert gate.most_held == AT_ONCE
    paid = [answer for answer in done if answer.status == 303]
    assert len(paid) >= AT_ONCE, "the two in the queue may have had enough of it"
    assert all(answer.path.startswith("/store/success/") for answer in paid)
    assert len(sandbox.charges) == len(sandbox.ledger()["payment_intents"]) == len(paid)
