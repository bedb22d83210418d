"""The web server ends in the middle of a purchase, told to or not: what was paid is delivered, and paid once."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
import time_machine
from sqlalchemy import select

from storefront.models import AlbumPurchase, PurchaseState
from storefront.tasks import make_worker
from tests.factories import make_album
from tests.support.buying import Answer, ask, open_form, post_form
from tests.support.forked import ForkedProcesses
from tests.support.shop import Shop, running_shop

#: Seconds that Stripe takes for the charge: long enough to find the purchase in the air and to end the server.
SLOWNESS = 2.5
PATIENCE = 30


@dataclass
class Paying:
    """A purchase whose charge is on its way."""

    shop: Shop
    cookies: str
    answer: "Future[Answer]"

    def row(self) -> AlbumPurchase:
        with self.shop.wiring.sessions() as session:
            return session.scalars(select(AlbumPurchase)).one()

    def end_server(self, number: signal.Signals) -> int:
        """Sends the signal to the web server; its exit code."""
        web = self.shop.processes.children.pop("web 0")
        web.send_signal(number)
        return web.wait(PATIENCE)


@pytest.fixture
def paying(database: str, tmp_path: Path) -> Iterator[Paying]:
    with running_shop(tmp_path, database_url=database, kind=ForkedProcesses) as shop, ThreadPoolExecutor(1) as pool:
        with shop.wiring.sessions() as session:
            album = make_album(session, shop.wiring.storage)
        cookies, fields = open_form(shop.url, album.slug)
        fields |= {"email": "ana@example.com", "stripeToken": shop.sandbox.token()}
        shop.sandbox.fault("delay", "/v1/payment_intents/.*/confirm", seconds=SLOWNESS)
        purchase = Paying(shop, cookies, pool.submit(post_form, shop.url, album.slug, cookies, fields))
        wait_for(lambda: not shop.sandbox.ledger()["faults"])  # it has begun: the charge was asked for
        yield purchase


def wait_for(done: Callable[[], object]) -> None:
    end = monotonic() + PATIENCE
    while not done():
        assert monotonic() < end
        sleep(0.01)


def test_told_to_end(paying: Paying) -> None:
    exit_code = paying.end_server(signal.SIGTERM)

    assert exit_code == 0
    answer = paying.answer.result(PATIENCE)
    purchase = paying.row()
    assert (answer.status, answer.path) == (303, f"/store/success/{purchase.public_id}")
    assert purchase.state == PurchaseState.PAID
    assert [charge["id"] for charge in paying.shop.sandbox.charges] == [purchase.stripe_charge_id]


def test_killed(paying: Paying) -> None:
    paying.end_server(signal.SIGKILL)
    with pytest.raises(ConnectionError):
        paying.answer.result(PATIENCE)
    assert paying.row().state == PurchaseState.CONFIRMING
    wait_for(lambda: paying.shop.sandbox.charges)

    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=11), tick=True):
        make_worker(paying.shop.wiring).run_due()

    shop, purchase = paying.shop, paying.row()
    assert purchase.state == PurchaseState.PAID
    assert [charge["id"] for charge in shop.sandbox.charges] == [purchase.stripe_charge_id]
    shop.processes.start("web again", "serve", "--listen", shop.url.removeprefix("http://"))
    shop.processes.wait_until_answers("web again", shop.url)
    page = ask(shop.url, "GET", f"/store/success/{purchase.public_id}", headers={"Cookie": paying.cookies})
    assert page.status == 200
    assert "is yours" in page.page
