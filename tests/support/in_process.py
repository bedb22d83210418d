"""The sandbox without a server: Stripe's own client calls its WSGI application, in the calling thread.

The real client code runs above it (its retries, idempotency keys, classes of errors); what is replaced is the network.
Nothing sleeps and nothing runs in the background: due work and webhooks happen when a test says so, ids come from a
seed, and the time is the system's, which `time_machine` moves.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit

import stripe
from requests.structures import CaseInsensitiveDict

from storefront.sandbox import main, outbox
from storefront.sandbox.errors import ConnectionDropped
from storefront.sandbox.outbox import Message
from storefront.sandbox.service import Service
from tests.support.sandbox import SECRET_KEY, SandboxControls

ADDRESS = "http://stripe.test"
WEBHOOK_SECRET = "whsec_sandbox_shop"
#: Takes the body and the Stripe-Signature header of a webhook -> the status of its answer; None: there was none.
Receiver = Callable[[bytes, str], int | None]


@dataclass(frozen=True)
class Sent:
    """A request on its way from the shop to Stripe; it can be performed later than it was sent, or again."""

    method: str
    #: "/v1/payment_intents/pi_.../confirm"
    path: str
    query: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def form(self) -> dict[str, str]:
        """The parameters by their flat names: {"amount": "900", "metadata[order]": "..."}."""
        return dict(parse_qsl(self.query or self.body.decode(), keep_blank_values=True))

    @property
    def idempotency_key(self) -> str | None:
        return self.headers.get("Idempotency-Key")


@dataclass(frozen=True)
class Answered:
    """What Stripe answered; `cut`: the body ends before its length."""

    status: int
    headers: CaseInsensitiveDict[str]
    body: bytes
    cut: bool = False

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Snapshot:
    """Of the sandbox: its tables, and what its ids are drawn from."""

    content: bytes
    clock_shift: float
    random: tuple[Any, ...]


def nothing_happens(*_: object) -> None:
    """The hook that no test has set."""


class InProcessSandbox(SandboxControls):
    """A sandbox of a file. `before_request(sent)` and `after_request(sent, answered)` may raise: an exception of the
    test's own (a crash of the shop) or lost_connection(); what raises before has not run at Stripe, what raises after
    has. They are called for each send, so for each retry of Stripe's client too."""

    def __init__(self, database: Path | str, *, seed: str = "1", **settings: object) -> None:
        """`settings` are those of storefront/sandbox/settings.py by their names."""
        given = {
            "database": database,
            "seed": seed,
            "synchronous": "OFF",
            "webhook_url": "http://shop.test/stripe/webhook",
            "webhook_secret": WEBHOOK_SECRET,
            **settings,
        }
        self.app: Any = main(**{f"sandbox.{name}": str(value) for name, value in given.items()})
        self.service: Service = self.app.registry.sandbox
        self.before_request: Callable[[Sent], object] = nothing_happens
        self.after_request: Callable[[Sent, Answered], object] = nothing_happens

    def close(self) -> None:
        """Ends its connections to the file; it may be used again afterwards."""
        self.service.store.close()

    # -- Stripe, as the shop sees it

    def http_client(self, timeout: tuple[float, float] = (3.0, 20.0)) -> stripe.HTTPClient:
        """What Stripe's client sends its requests through; CreditCardProcessor(transport=sandbox.http_client)."""
        return InProcessClient(self, timeout)

    def client(self, *, retries: int = 0) -> stripe.StripeClient:
        """Stripe's client, for what a test does at Stripe past the shop (a refund in the dashboard)."""
        return stripe.StripeClient(SECRET_KEY, http_client=self.http_client(), max_network_retries=retries)

    def perform(self, sent: Sent) -> Answered:
        """Runs a request at Stripe, past the hooks: what was held back in before_request arrives now.

        Raises ConnectionDropped when such a fault was ordered.
        """
        found: list[Any] = []
        environ = {
            "REQUEST_METHOD": sent.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": sent.path,
            "QUERY_STRING": sent.query,
            "SERVER_NAME": "stripe.test",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "stripe.test",
            "CONTENT_LENGTH": str(len(sent.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(sent.body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in sent.headers.items():
            key = name.upper().replace("-", "_")
            environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        body = b"".join(self.app(environ, lambda status, headers, exc_info=None: found.extend((status, headers))))
        status, headers = found
        answer = CaseInsensitiveDict(headers)
        return Answered(int(status[:3]), answer, body, cut=int(answer.get("Content-Length", len(body))) > len(body))

    def send(self, sent: Sent) -> Answered:
        """A request with the hooks around it; raises stripe.APIConnectionError as its client over a network does."""
        self.before_request(sent)
        try:
            answered = self.perform(sent)
        except ConnectionDropped as error:
            lost_connection(error)
        self.after_request(sent, answered)
        if answered.cut:  # requests' ChunkedEncodingError, which Stripe's client does not send again
            raise stripe.APIConnectionError("the answer was cut", should_retry=False)
        return answered

    # -- what tests do at Stripe past the shop; all of it past the hooks

    def _stripe(self, method: str, path: str, **form: object) -> Any:
        headers = {"Authorization": f"Bearer {SECRET_KEY}", "Content-Type": "application/x-www-form-urlencoded"}
        return self._performed(Sent(method, path, "", urlencode(form).encode(), headers)).json

    def _control(self, method: str, path: str, wish: Mapping[str, object] | None = None) -> Any:
        assert not wish or wish.get("kind") != "delay", "hold the Sent in before_request, and perform() it later"
        body = b"" if wish is None else json.dumps(wish).encode()
        headers = {"Content-Type": "application/json"}
        return self._performed(Sent(method, f"/_sandbox/{path}", "", body, headers)).json

    def _performed(self, sent: Sent) -> Answered:
        answered = self.perform(sent)
        assert answered.status in (200, 303), answered.body
        return answered

    def answer_bank(self, payment_id: str, outcome: str = "complete") -> None:
        """The buyer on the bank's page: "complete" or "fail"."""
        intent = self.service.store.find("payment_intent", payment_id)
        assert intent is not None
        form = urlencode({"client_secret": intent["client_secret"], "outcome": outcome}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self._performed(Sent("POST", f"/3ds/{payment_id}", "", form, headers))

    def reset(self, seed: str | None = None) -> None:
        """An account as new, much quicker than a new sandbox; ids begin anew, from another seed if one is given."""
        self.service.reset(seed)

    def snapshot(self) -> "Snapshot":
        """Everything that Stripe knows now."""
        content = bytearray(self.service.store.connection.serialize())
        content[18:20] = b"\1\1"  # no WAL in memory: https://sqlite.org/fileformat2.html#file_format_version_numbers
        return Snapshot(bytes(content), self.service.clock.shift, self.service.random.getstate())

    def put_back(self, snapshot: "Snapshot") -> None:
        """Stripe knows what it knew then, and draws the ids that it drew from then on."""
        with closing(sqlite3.connect(":memory:")) as kept:
            kept.deserialize(snapshot.content)
            kept.backup(self.service.store.connection)
        self.service.clock.shift = snapshot.clock_shift
        self.service.random.setstate(snapshot.random)

    def settle_due(self) -> None:
        """What Stripe does by itself and is due: books charges, ends pending refunds, opens disputes."""
        self.service.settle_due()

    # -- webhooks

    def deliver_next(self, receiver: Receiver) -> bool:
        """One step of Stripe's delivery, faults included; False: nothing is due. What the receiver raises comes
        through, and counts as no answer."""
        self.settle_due()

        def post(message: Message) -> int | None:
            return receiver(message.body, message.signature)

        return outbox.deliver_next(self.service, post)

    def deliver_due(self, receiver: Receiver) -> int:
        """All that are due now, one by one, in Stripe's order -> how many steps that took."""
        steps = 0
        while self.deliver_next(receiver):
            steps += 1
        return steps


def lost_connection(cause: BaseException | None = None) -> NoReturn:
    """What Stripe's client sees of a connection that breaks; it sends again where it may."""
    raise stripe.APIConnectionError("the connection was lost", should_retry=True) from cause


class InProcessClient(stripe.HTTPClient):
    """Stripe's interface for what carries its requests."""

    name = "in-process"

    def __init__(self, sandbox: InProcessSandbox, timeout: tuple[float, float]) -> None:
        super().__init__()
        self.sandbox, self.timeout = sandbox, timeout

    def request(
        self, method: str, url: str, headers: Any, post_data: Any = None, *, _usage: object = None
    ) -> tuple[str, int, CaseInsensitiveDict[str]]:
        target = urlsplit(url)
        body = post_data.encode() if isinstance(post_data, str) else post_data or b""
        answered = self.sandbox.send(Sent(method.upper(), target.path, target.query, body, dict(headers or {})))
        return answered.body.decode(), answered.status, answered.headers

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0

    def close(self) -> None:
        """Nothing is open."""
