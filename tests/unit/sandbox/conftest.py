"""One sandbox for all of these tests, over real HTTP, emptied before each; driven by Stripe's own client."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from storefront.sandbox import Server, main
from tests.support.in_process import InProcessSandbox
from tests.support.sandbox import Sandbox

SALE = {"amount": 1299, "currency": "usd", "allowed_payment_method_types": ["card", "link"]}


@dataclass(frozen=True)
class Shop:
    """A shop's side of the sandbox, in a few words; `v1` is Stripe's client, `sandbox` what is not Stripe's."""

    sandbox: Sandbox
    client: stripe.StripeClient

    @property
    def v1(self) -> Any:
        return self.client.v1

    def open(self, **changes: Any) -> Any:
        """A PaymentIntent that nobody has tried to pay."""
        return self.v1.payment_intents.create(SALE | changes)

    def confirm(self, intent: Any, method: str = "pm_card_visa", key: str | None = None, **changes: Any) -> Any:
        """A payment with a test card, by a token as the buyer's browser would make it."""
        params = {"confirmation_token": self.sandbox.token(method), **changes}
        return self.v1.payment_intents.confirm(intent.id, params, {"idempotency_key": key} if key else {})

    def declined(self, intent: Any, method: str, **changes: Any) -> stripe.CardError:
        """The error of a payment that is refused."""
        with pytest.raises(stripe.CardError) as refused:
            self.confirm(intent, method, **changes)
        return refused.value

    def events(self) -> list[str]:
        """The types of all events, oldest first."""
        return [event["type"] for event in self.sandbox.ledger()["events"]]

    def answer_bank(self, intent: Any, outcome: str = "complete") -> None:
        """What the customer does on the bank's page."""
        post_form(f"{self.sandbox.url}/3ds/{intent.id}", client_secret=intent.client_secret, outcome=outcome)


def until(happened: Callable[[], object]) -> None:
    """Waits for what happens in another thread or process, for a minute at most."""
    limit = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.01)


def post_form(url: str, **fields: str) -> Any:
    """A form's POST, as a browser sends it; redirects are not followed."""
    return requests.post(url, data=fields, timeout=10, allow_redirects=False)


def client_of(url: str, key: str = "sk_test_sandbox_shop") -> stripe.StripeClient:
    """Stripe's client as the shop makes it, but sending each request once."""
    return stripe.StripeClient(
        key, base_addresses={"api": url}, max_network_retries=0, http_client=stripe.RequestsClient(timeout=10)
    )


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    database = tmp_path_factory.mktemp("sandbox") / "sandbox.sqlite"
    # settled by whatever request comes next, so that a test need not wait
    with Server(main(**{"sandbox.database": str(database), "sandbox.settlement_delay": "0"}), 0) as running:
        yield running


@pytest.fixture
def sandbox(server: Server) -> Sandbox:
    found = Sandbox(server.address)
    found.reset()
    return found


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox, client_of(sandbox.url))


@pytest.fixture
def client_with() -> Callable[[str, str], stripe.StripeClient]:
    """A client with a key of the test's own."""
    return client_of


@pytest.fixture
def database(server: Server) -> Path:
    """The sandbox's file."""
    return Path(server.app.registry.sandbox.settings.database)


@dataclass(frozen=True)
class Till:
    """A shop and its sandbox in this thread, where time passes when the test says so."""

    sandbox: InProcessSandbox

    @property
    def v1(self) -> Any:
        return self.sandbox.client().v1

    def pay(self, card: str = "visa", **changes: Any) -> Any:
        """A paid intent, with its charge."""
        intent = self.v1.payment_intents.create(SALE | changes)
        params = {"confirmation_token": self.sandbox.token(f"pm_card_{card}"), "expand": ["latest_charge"]}
        return self.v1.payment_intents.confirm(intent.id, params)

    def pass_time(self, seconds: float) -> None:
        """And what is due in it happens."""
        self.sandbox.shift_clock(seconds)
        self.sandbox.settle_due()

    def events(self, *beginnings: str) -> list[str]:
        """The types of the events that begin so, oldest first."""
        types = [event["type"] for event in self.sandbox.ledger()["events"]]
        return [kind for kind in types if kind.startswith(beginnings)]

    def nets(self) -> list[int]:
        """What each line of the books changed, oldest first."""
        return [entry["net"] for entry in self.sandbox.ledger()["balance_transactions"]]


@pytest.fixture
def till(tmp_path: Path) -> Till:
    settings = {"settlement_delay": 0, "refund_delay": 60, "dispute_delay": 5}
    return Till(InProcessSandbox(tmp_path / "sandbox.sqlite", **settings))
