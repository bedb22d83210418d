"""Sending events to the shop: https://docs.stripe.com/webhooks.

The outbox is a table, so that what was not delivered before a kill is delivered after it. Each attempt is signed anew
(https://docs.stripe.com/webhooks#verify-manually); anything but a 2xx is tried three more times.
"""

import hashlib
import hmac
import json
import threading
import urllib.error
import urllib.request

from . import settlement
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
        store = self.service.store
        row = store.connection.execute(
            "SELECT delivery.*, object.body FROM delivery JOIN object ON object.id = delivery.event "
            "WHERE delivery.due <= ? ORDER BY delivery.due, object.seq LIMIT 1",
            (self.service.clock.time(),),
        ).fetchone()
        if row is None:
            return False
        event = json.loads(row["body"])
        status = self._post(row["body"].encode())
        delivered = status is not None and 200 <= status < 300
        pauses = self.service.settings.webhook_pauses
        retry = (
            None if delivered or row["attempts"] >= len(pauses) else self.service.clock.time() + pauses[row["attempts"]]
        )
        with store.transaction():
            if delivered:
                store.update(event | {"pending_webhooks": 0})
            store.connection.execute(
                "UPDATE delivery SET attempts = attempts + 1, last_status = ?, delivered = ?, due = ? WHERE event = ?",
                (status, delivered, retry, row["event"]),
            )
        return True

    def _post(self, body: bytes) -> int | None:
        """The status of the answer; None: there was none."""
        settings = self.service.settings
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (sandbox)",
            "Stripe-Signature": signature(settings.webhook_secret, body, self.service.clock.now()),
        }
        request = urllib.request.Request(settings.webhook_url, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return None
