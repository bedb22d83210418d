"""Events on their way to whoever listens: https://docs.stripe.com/webhooks.

The outbox is a table, so that what was not delivered before a kill is delivered after it. Each attempt is signed anew
(https://docs.stripe.com/webhooks#verify-manually); anything but a 2xx is tried three more times. How a message travels
is `Post`'s business: clerk.py sends it over HTTP, tests hand it to a function.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from sqlite3 import Row

from . import faults, listeners
from .faults import Fault, Kind
from .listeners import Listener
from .service import Service
from .store import Store

#: how long a message waits for the next one that it is to come after
LONGEST_REORDER = 60.0


@dataclass(frozen=True)
class Message:
    """One attempt to deliver an event."""

    url: str
    body: bytes
    signature: str


#: The status of the answer; None: there was none.
Post = Callable[[Message], int | None]


def signature(secret: str, body: bytes, timestamp: int) -> str:
    """The value of the Stripe-Signature header."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def deliver_next(service: Service, post: Post) -> bool:
    """Sends what is due first; False: nothing is."""
    now = service.clock.time()
    row = service.store.connection.execute(
        "SELECT delivery.*, object.body FROM delivery JOIN object ON object.id = delivery.event "
        "WHERE delivery.due <= ? ORDER BY delivery.due, object.seq, delivery.id LIMIT 1",
        (now,),
    ).fetchone()
    if row is None:
        return False
    listener = listeners.find(service.store, service.settings, row["endpoint"])
    if listener is None:
        _postpone(service.store, row, None)
        return True
    fault = faults.take(service.store, "POST", json.loads(row["body"])["type"], delivery=True)
    if fault is not None and fault.kind is not Kind.WEBHOOK_TWICE:
        _postpone(service.store, row, _due_after(fault, now), after_next=fault.kind is Kind.WEBHOOK_REORDER)
        return True
    status: int | None = None
    try:
        for _ in range(1 if fault is None else 2):
            status = post(_message(listener, row["body"].encode(), service.clock.now()))
    finally:  # a receiver that breaks off has not taken it
        _note(service, row, status)
    return True


def _message(listener: Listener, body: bytes, timestamp: int) -> Message:
    return Message(listener.url, body, signature(listener.secret, body, timestamp))


def _due_after(fault: Fault, now: float) -> float | None:
    """When a message arrives that did not get through at once; None: never."""
    if fault.kind is Kind.WEBHOOK_DROP:
        return None
    return now + (fault.seconds if fault.kind is Kind.WEBHOOK_HOLD else fault.seconds or LONGEST_REORDER)


def _postpone(store: Store, row: Row, due: float | None, *, after_next: bool = False) -> None:
    with store.transaction():
        store.connection.execute(
            "UPDATE delivery SET due = ?, after_next = ? WHERE id = ?", (due, after_next, row["id"])
        )


def _note(service: Service, row: Row, status: int | None) -> None:
    """Writes down how a delivery went, and when it is tried again; what waited for it comes next."""
    store, pauses, attempts = service.store, service.settings.webhook_pauses, row["attempts"]
    delivered = status is not None and 200 <= status < 300
    again = None if delivered or attempts >= len(pauses) else service.clock.time() + pauses[attempts]
    with store.transaction():
        store.connection.execute(
            "UPDATE delivery SET attempts = ?, last_status = ?, delivered = ?, due = ? WHERE id = ?",
            (attempts + 1, status, delivered, again, row["id"]),
        )
        store.connection.execute(
            "UPDATE delivery SET due = ?, after_next = 0 WHERE after_next AND endpoint = ? AND id != ?",
            (row["due"], row["endpoint"], row["id"]),
        )
        if delivered:
            found = store.find("event", row["event"])
            assert found is not None
            store.update(found | {"pending_webhooks": found["pending_webhooks"] - 1})
