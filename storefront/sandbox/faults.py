"""Faults on demand: what a test orders to go wrong with the next requests that fit."""

import re
import time
from dataclasses import dataclass
from enum import StrEnum

from .errors import ConnectionDropped, StripeError, locked, rate_limited, server_error
from .idempotency import in_use
from .store import Store


class Kind(StrEnum):
    """What goes wrong."""

    DROP_BEFORE = "drop_before"  # the connection ends, and nothing ran
    DROP_AFTER = "drop_after"  # everything ran, and the connection ends
    DELAY = "delay"  # the request runs late; its idempotency key is in use meanwhile
    CUT = "cut"  # everything ran, and half of the answer's body arrives
    STATUS_500 = "status_500"  # everything ran, and the answer is a 500, which is saved
    STATUS_500_UNSAVED = "status_500_unsaved"  # nothing ran, nothing is saved
    STATUS_429 = "429"  # the limiter
    LOCK_TIMEOUT = "lock_timeout"  # 429: the object is locked
    STATUS_409 = "409"  # the idempotency key is in use
    # of a delivery; what an order's `endpoint` matches is then the type of the event
    WEBHOOK_DROP = "webhook_drop"  # it never arrives
    WEBHOOK_TWICE = "webhook_twice"  # it arrives, and again
    WEBHOOK_HOLD = "webhook_hold"  # it arrives so many seconds later, after what came after it
    WEBHOOK_REORDER = "webhook_reorder"  # it arrives after the next one to the same address, or so many seconds later


DELIVERIES = frozenset(kind for kind in Kind if kind.startswith("webhook_"))


@dataclass(frozen=True)
class Fault:
    """A fault that is happening to this request."""

    kind: Kind
    seconds: float

    def before_key(self, key: str | None) -> None:
        """What goes wrong in front of the idempotency layer."""
        if self.kind is Kind.DROP_BEFORE:
            raise ConnectionDropped
        if refusal := self._refusal(key):
            raise refusal

    def before_execution(self) -> None:
        """What goes wrong while the key is held."""
        if self.kind is Kind.DELAY:
            time.sleep(self.seconds)

    def after(self) -> None:
        """What goes wrong when everything is committed."""
        if self.kind is Kind.DROP_AFTER:
            raise ConnectionDropped

    def _refusal(self, key: str | None) -> StripeError | None:
        return {
            Kind.STATUS_429: rate_limited,
            Kind.LOCK_TIMEOUT: locked,
            Kind.STATUS_500_UNSAVED: server_error,
            Kind.STATUS_409: lambda: in_use(key or ""),
        }.get(self.kind, lambda: None)()


def order(store: Store, *, kind: Kind, endpoint: str, method: str | None, count: int, seconds: float) -> None:
    """Have the next `count` requests go wrong whose method is `method` (None: any) and whose path `endpoint` (a regular
    expression) matches as a whole."""
    re.compile(endpoint)
    with store.transaction():
        store.connection.execute(
            "INSERT INTO fault (method, endpoint, kind, remaining, seconds) VALUES (?, ?, ?, ?, ?)",
            (method, endpoint, kind, count, seconds),
        )


def take(store: Store, method: str, name: str, *, delivery: bool = False) -> Fault | None:
    """The oldest fault that fits a request to the path `name`, or a delivery of an event of that type; counted down."""
    if not store.connection.execute("SELECT 1 FROM fault").fetchone():
        return None
    with store.transaction():
        for row in store.connection.execute("SELECT * FROM fault ORDER BY id").fetchall():
            fits = row["method"] in (None, method) and re.fullmatch(row["endpoint"], name)
            if fits and (row["kind"] in DELIVERIES) is delivery:
                store.connection.execute("UPDATE fault SET remaining = remaining - 1 WHERE id = ?", (row["id"],))
                store.connection.execute("DELETE FROM fault WHERE remaining <= 0")
                return Fault(Kind(row["kind"]), row["seconds"])
    return None


def forget(store: Store) -> None:
    """Take back every fault that has not happened."""
    with store.transaction():
        store.connection.execute("DELETE FROM fault")
