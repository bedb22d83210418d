"""A shop with one album and a buyer, without a browser: the services as every door calls them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
import stripe
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from webtest import TestApp, TestResponse

from storefront.jobs import Worker
from storefront.models import Album, AlbumPurchase, AuditEntry, Dispute, LedgerEntry, Mail, PaymentAttempt, Refund
from storefront.money import Money
from storefront.payments import CreditCardProcessor
from storefront.payments.webhooks import Event
from storefront.services.shop.audit import COMMAND
from storefront.services.store.aftermath import refunds
from storefront.services.store.buyers import Visitor
from storefront.services.store.nets.inbox import keep
from storefront.services.store.ordering import Buyer, OrderBook
from storefront.services.store.purchasing import StoreService
from storefront.wiring import Wiring
from tests.factories import make_album
from tests.support.sandbox import Sandbox
from tests.support.terminal import Storefront, command_over


class WatchedProcessor:
    """The real processor, which refuses to be called while the session holds a transaction."""

    def __init__(self, processor: CreditCardProcessor, session: Session) -> None:
        self._processor = processor
        self._session = session

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._processor, name)
        if not callable(value):
            return value

        def call(*args: Any, **named: Any) -> Any:
            assert not self._session.in_transaction(), f"{name} was called inside a transaction"
            return value(*args, **named)

        return call


@dataclass
class Till:
    """One buyer's side of a purchase, and what there is to see afterwards."""

    wiring: Wiring
    session: Session
    sandbox: Sandbox
    worker: Worker
    album: Album
    visitor: Visitor = field(default_factory=lambda: Visitor.of(None, "b" * 43))
    #: The ids of Stripe's messages that the shop has had.
    heard: set[str] = field(default_factory=set)

    @property
    def service(self) -> StoreService:
        orders = OrderBook(self.session, "MUSIC", today=lambda: datetime.now(UTC).date())
        processor: Any = WatchedProcessor(self.wiring.processor, self.session)
        return StoreService(self.session, processor, self.wiring.links, orders)

    def buyer(self, email: str = "ana@example.com") -> Buyer:
        return Buyer(self.visitor, email)

    def buy(self, card: str = "pm_card_visa", *, token: str | None = None, shown: Money | None = None) -> AlbumPurchase:
        token = token or self.sandbox.token(card)
        return self.service.purchase_album(self.album, self.buyer(), shown or self.album.price, token)

    def refund(self, purchase: AlbumPurchase, amount: int | None = None, **wish: Any) -> Refund:
        """What the shop's owner asks for."""
        money = None if amount is None else Money(amount, purchase.currency)
        with self.wiring.sessions() as session:
            processor: Any = WatchedProcessor(self.wiring.processor, session)
            mine = session.get_one(AlbumPurchase, purchase.id)
            return refunds.refund(session, processor, mine, money, datetime.now(UTC), **{"by": COMMAND, **wish})

    @property
    def stripe(self) -> stripe.StripeClient:
        """What the shop's owner does at Stripe, past the shop."""
        addresses: Any = {"api": self.sandbox.url}
        return stripe.StripeClient(self.sandbox.secret_key, base_addresses=addresses)

    @property
    def row(self) -> AlbumPurchase:
        """The only purchase, as it is now."""
        [row] = self.rows
        return row

    @property
    def refunds(self) -> list[Refund]:
        return self._all(Refund)

    @property
    def disputes(self) -> list[Dispute]:
        return self._all(Dispute)

    @property
    def ledger(self) -> list[LedgerEntry]:
        return self._all(LedgerEntry)

    @property
    def audit(self) -> list[AuditEntry]:
        return self._all(AuditEntry)

    @property
    def mails(self) -> list[str]:
        """Their kinds, in the order in which they were written."""
        return [str(mail.kind) for mail in self._all(Mail)]

    def _all(self, table: Any) -> list[Any]:
        with self.wiring.sessions() as session:
            return list(session.scalars(select(table).order_by(table.id)))

    def hear(self) -> list[str]:
        """Takes every message in that Stripe has for the shop and that it has not had yet -> their types."""
        fresh = [event for event in self.sandbox.ledger()["events"] if event["id"] not in self.heard]
        with self.wiring.sessions() as session:
            for event in fresh:
                self.heard.add(event["id"])
                subject = event["data"]["object"]["id"]
                keep(session, Event(event["id"], event["type"], subject, False), b"{}", datetime.now(UTC))
        return [event["type"] for event in fresh]

    @property
    def rows(self) -> list[AlbumPurchase]:
        with self.wiring.sessions() as session:
            return list(session.scalars(select(AlbumPurchase).order_by(AlbumPurchase.id)))

    @property
    def attempts(self) -> list[PaymentAttempt]:
        with self.wiring.sessions() as session:
            return list(session.scalars(select(PaymentAttempt).order_by(PaymentAttempt.id)))

    def answer_bank(self, purchase: AlbumPurchase, outcome: str = "complete") -> None:
        """The buyer on the bank's page: "complete" or "fail"."""
        [intent] = [i for i in self.sandbox.ledger()["payment_intents"] if i["id"] == purchase.stripe_payment_id]
        form = urlencode({"client_secret": intent["client_secret"], "outcome": outcome}).encode()
        with urlopen(Request(f"{self.sandbox.url}/3ds/{intent['id']}", form), timeout=10) as answer:
            answer.read()

    def confirms(self) -> list[dict[str, Any]]:
        """Every confirm that reached the sandbox."""
        return [r for r in self.sandbox.ledger()["requests"] if r["path"].endswith("/confirm")]


@pytest.fixture
def till(wiring: Wiring, session: Session, sandbox: Sandbox, worker: Worker) -> Till:
    album = make_album(session, wiring.storage, title="Low Tide", amount=900, currency="eur")
    return Till(wiring, session, sandbox, worker, album)


@pytest.fixture
def pass_time(worker: Worker) -> Iterator[Callable[..., None]]:
    """Moves the clock on in steps, and lets the worker do what falls due at each."""
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:

        def move(*, step: timedelta = timedelta(seconds=11), **span: float) -> None:
            end = datetime.now(UTC) + timedelta(**span)
            while datetime.now(UTC) < end:
                clock.shift(step)
                worker.run_due()

        yield move


@dataclass
class Counter:
    """A browser at the shop's till: pages and forms, as a buyer sees them."""

    app: TestApp
    till: Till

    @property
    def slug(self) -> str:
        return self.till.album.slug

    def open(self) -> TestResponse:
        return self.app.get(f"/store/buy/{self.slug}")

    def form(self, card: str | None = "pm_card_visa", **fields: str) -> dict[str, str]:
        """What the buyer's browser sends: the page's own hidden fields, an address, and a token for the card."""
        page = self.open().forms["till"]
        values = {name: page[name].value for name in ("csrf_token", "amount", "currency")}
        token = {"stripeToken": self.till.sandbox.token(card)} if card else {}
        return {**values, "email": "ana@example.com", **token, **fields}

    def post(self, form: dict[str, str], status: int = 303) -> TestResponse:
        return self.app.post(f"/store/complete/{self.slug}", form, status=status)

    def buy(self, card: str = "pm_card_visa", status: int = 303, **fields: str) -> TestResponse:
        return self.post(self.form(card, **fields), status)

    @property
    def purchase(self) -> AlbumPurchase:
        """The newest."""
        return self.till.rows[-1]

    def sent_nothing(self) -> bool:
        return not [r for r in self.till.sandbox.ledger()["requests"] if r["path"].startswith("/v1/payment_intents")]


@pytest.fixture
def counter(app: TestApp, till: Till) -> Counter:
    return Counter(app, till)


@pytest.fixture
def stranger(counter: Counter) -> Counter:
    """Another browser at the same till."""
    return Counter(TestApp(counter.app.app), counter.till)


@pytest.fixture
def storefront(ini: dict[str, str], tmp_path: Path) -> Storefront:
    """The `storefront` command over this shop."""
    return command_over(ini, tmp_path)
