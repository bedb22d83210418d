"""The way to Stripe and back, with everything that may happen on it; and what the network has seen."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import stripe

from storefront.sandbox.errors import ConnectionDropped
from tests.faults.disk import Disk
from tests.faults.history import History
from tests.faults.kinds import Kind
from tests.faults.scheduler import Actor, Process, Scheduler
from tests.support.in_process import Answered, InProcessClient, InProcessSandbox, Sent, lost_connection

#: What the sandbox does itself when it is told to, by its own names.
ORDERED = {
    Kind.SAVED_500: "status_500",
    Kind.UNSAVED_500: "status_500_unsaved",
    Kind.LIMITED: "429",
    Kind.LOCK_TIMEOUT: "lock_timeout",
    Kind.KEY_IN_USE: "409",
    Kind.CUT: "cut",
}
BEFORE = (Kind.REQUEST_LOST, Kind.DELAYED, *ORDERED, Kind.CRASH, Kind.PROCESS_CRASH, Kind.POWER_LOSS)
AFTER = (Kind.ANSWER_LOST, Kind.NONSENSE, Kind.CRASH, Kind.PROCESS_CRASH, Kind.POWER_LOSS)
#: How late a request may arrive, in seconds.
DELAYS = (0.5, 5, 25, 90, 200, 1000)
READ_TIMEOUT = 20.0

_ID = re.compile(r"(?<=/)(pi|ch|py|re|pyr|dp|du|evt|txn|issfr|ctoken|we)_[A-Za-z0-9]+")


def shape(sent: Sent) -> str:
    """ "POST /v1/payment_intents/{id}/confirm"."""
    return f"{sent.method} {_ID.sub('{id}', sent.path)}"


def _is_about_paying(sent: Sent) -> bool:
    return sent.path.startswith("/v1/payment_intents/")


@dataclass
class Network:
    """Sits in the sandbox's hooks."""

    sandbox: InProcessSandbox
    disk: Disk
    history: History = field(default_factory=History)
    scheduler: Scheduler | None = None
    #: No request of a buyer's ever learns how its payment stands.
    loses_answers: bool = False
    #: Nor does anybody else.
    silent: bool = False
    web: Process | None = None
    #: Draws how late a late request is.
    delay: Callable[[tuple[float, ...]], float] = max

    def __post_init__(self) -> None:
        self.sandbox.before_request = self._before
        self.sandbox.after_request = self._after

    def transport(self, timeout: tuple[float, float]) -> stripe.HTTPClient:
        return Client(self, timeout)

    def _before(self, sent: Sent) -> None:
        scheduler = self.scheduler
        if scheduler is None or (actor := scheduler.current) is None:
            return
        self._check(sent, actor)
        kind = scheduler.place(f"Stripe {shape(sent)}: sending", *BEFORE)
        if kind is Kind.REQUEST_LOST:
            scheduler.sleep(READ_TIMEOUT)
            lost_connection()
        if kind is Kind.DELAYED:
            self._hold(sent, scheduler)
            scheduler.sleep(READ_TIMEOUT)
            lost_connection()
        if kind is not None:
            self.sandbox.fault(ORDERED[kind])

    def _hold(self, sent: Sent, scheduler: Scheduler) -> None:
        """It is on its way, and arrives when nobody waits for it any more."""

        def arrive() -> None:
            scheduler.trace.append(f"network: {shape(sent)} arrives late")
            with suppress(ConnectionDropped):
                self.sandbox.perform(sent)

        scheduler.spawn("network", arrive, after=self.delay(DELAYS))

    def _after(self, sent: Sent, answered: Answered) -> None:
        if self.silent and _is_about_paying(sent):
            lost_connection()
        scheduler = self.scheduler
        if scheduler is None or (actor := scheduler.current) is None:
            return
        scheduler.nudge()
        scheduler.effects += 1
        kind = scheduler.place(f"Stripe {shape(sent)}: executed", *AFTER)
        if kind is Kind.ANSWER_LOST or (self.loses_answers and actor.process is self.web and _is_about_paying(sent)):
            scheduler.sleep(READ_TIMEOUT)
            lost_connection()
        actor.gets_nonsense = kind is Kind.NONSENSE

    def _check(self, sent: Sent, actor: Actor) -> None:
        """What must be so whenever anything is sent."""
        if any(session.in_transaction() for session in actor.sessions):
            self.history.violate("transaction", f"{shape(sent)} was sent inside a transaction")
        if sent.path.endswith("/confirm"):
            self._check_confirm(sent, actor)
        elif sent.path == "/v1/refunds" and sent.method == "POST":
            self._check_refund(sent)

    def _check_confirm(self, sent: Sent, actor: Actor) -> None:
        """I6: only the buyer's own request confirms. I13: its attempt and its intent are on the disk by then."""
        token, payment = sent.form.get("confirmation_token", ""), sent.path.split("/")[3]
        if actor.token != token:
            self.history.violate("I6", f"{actor.name} confirmed a payment that its buyer did not ask for")
        if self._ask("SELECT 1 FROM checkout_closure"):
            self.history.violate("closed", "something is sold while a restored backup is behind")
        found = self._ask(
            "SELECT p.stripe_payment_id, a.idempotency_key FROM payment_attempt a "
            "JOIN album_purchase p ON p.id = a.purchase_id WHERE a.token_hash = ?",
            self.history.digest(token),
        )
        if found != [(payment, sent.idempotency_key)]:
            self.history.violate("I13", f"an attempt was sent that is not on the disk so: {found}")

    def _check_refund(self, sent: Sent) -> None:
        key = sent.idempotency_key
        if not self._ask("SELECT 1 FROM refund WHERE public_id = ?", key):
            self.history.violate("I13", "a refund was sent that is not on the disk")

    def _ask(self, statement: str, *values: object) -> list[Any]:
        try:
            return self.disk.ask(statement, *values)
        except sqlite3.OperationalError:  # a mutant's own lock
            return []


class Client(InProcessClient):
    """The sandbox's client, which may hand on half of an answer as if it were whole."""

    def __init__(self, network: Network, timeout: tuple[float, float]) -> None:
        super().__init__(network.sandbox, timeout)
        self._network = network

    def request(self, *args: Any, **named: Any) -> Any:
        content, status, headers = super().request(*args, **named)
        scheduler = self._network.scheduler
        actor = scheduler.current if scheduler else None
        if actor is not None and actor.gets_nonsense:
            actor.gets_nonsense = False
            return content[: len(content) // 2], 200, headers
        return content, status, headers
