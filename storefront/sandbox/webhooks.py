"""Sending events to the shop: https://docs.stripe.com/webhooks.

The outbox is a table, so that what was not delivered before a kill is delivered after it. Each attempt is signed anew
(https://docs.stripe.com/webhooks#verify-manually); anything but a 2xx is tried three more times.
"""

import hashlib
import hmac
import json
import threading
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from . import faults, settlement
from .errors import Json
from .faults import Kind
from .service import Service

TIMEOUT = 10


def signature(secret: str, body: bytes, timestamp: int) -> str:
    """The value of the Stripe-Signature header."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class Clerk(threading.Thread):
    """The background of a sandbox: books the charges that are due, and delivers events."""

    def __init__(self, service: Service) -> None:
        super().__init__(name="sandbox-clerk", daemon=True)
        self.service = service
        self._stop_asked = False

    def run(self) -> None:
        """Works whenever something happened, and once a second."""
        while not self._stop_asked:
            self.service.wake.clear()
            settlement.settle_due(self.service.call())
            while not self._stop_asked and self._deliver_next():
                pass
            self.service.wake.wait(timeout=1)

    def stop(self) -> None:
        """Ends the thread after what it is doing."""
        self._stop_asked = True
        self.service.wake.set()
        self.join()

    def _deliver_next(self) -> bool:
        """Sends what is due first; False: nothing is."""
        store, now = self.service.store, self.service.clock.time()
        row = store.connection.execute(
            "SELECT delivery.*, object.body FROM delivery JOIN object ON object.id = delivery.event "
            "WHERE delivery.due <= ? ORDER BY delivery.due, object.seq LIMIT 1",
            (now,),
        ).fetchone()
        if row is None:
            return False
        event = json.loads(row["body"])
        fault = faults.take(store, "POST", event["type"], delivery=True)
        if fault is not None and fault.kind is not Kind.WEBHOOK_TWICE:
            self._postpone(event, None if fault.kind is Kind.WEBHOOK_DROP else now + fault.seconds)
            return True
        if fault is not None:
            self._post(row["body"].encode())
        self._note(event, row["attempts"], self._post(row["body"].encode()))
        return True

    def _postpone(self, event: Json, due: float | None) -> None:
        with self.service.store.transaction():
            self.service.store.connection.execute("UPDATE delivery SET due = ? WHERE event = ?", (due, event["id"]))

    def _note(self, event: Json, attempts: int, status: int | None) -> None:
        """Writes down how a delivery went, and when it is tried again."""
        store, pauses = self.service.store, self.service.settings.webhook_pauses
        delivered = status is not None and 200 <= status < 300
        again = None if delivered or attempts >= len(pauses) else self.service.clock.time() + pauses[attempts]
        with store.transaction():
            if delivered:
                store.update(event | {"pending_webhooks": 0})
            store.connection.execute(
                "UPDATE delivery SET attempts = ?, last_status = ?, delivered = ?, due = ? WHERE event = ?",
                (attempts + 1, status, delivered, again, event["id"]),
            )

    def _post(self, body: bytes) -> int | None:
        """The status of the answer (a redirect is not followed); None: there was none."""
        settings = self.service.settings
        target = urlsplit(settings.webhook_url)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (sandbox)",
            "Stripe-Signature": signature(settings.webhook_secret, body, self.service.clock.now()),
        }
        connect = HTTPSConnection if target.scheme == "https" else HTTPConnection
        connection = connect(target.netloc, timeout=TIMEOUT)
        try:
            connection.request("POST", target.path or "/", body, headers)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()
