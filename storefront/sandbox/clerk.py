"""The background of a sandbox: does what is due, and delivers events over HTTP."""

import threading
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from . import outbox
from .outbox import Message
from .service import Service

TIMEOUT = 10


class Clerk(threading.Thread):
    """Works whenever something happened, and once a second."""

    def __init__(self, service: Service) -> None:
        super().__init__(name="sandbox-clerk", daemon=True)
        self.service = service
        self._stop_asked = False

    def run(self) -> None:
        """Until it is told to stop."""
        while not self._stop_asked:
            self.service.wake.clear()
            self.service.settle_due()
            while not self._stop_asked and outbox.deliver_next(self.service, post):
                pass
            self.service.wake.wait(timeout=1)

    def stop(self) -> None:
        """Ends the thread after what it is doing."""
        self._stop_asked = True
        self.service.wake.set()
        self.join()


def post(message: Message) -> int | None:
    """The status of the answer (a redirect is not followed); None: there was none."""
    target = urlsplit(message.url)
    path = f"{target.path or '/'}?{target.query}" if target.query else target.path or "/"
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (sandbox)",
        "Stripe-Signature": message.signature,
    }
    connect = HTTPSConnection if target.scheme == "https" else HTTPConnection
    connection = connect(target.netloc, timeout=TIMEOUT)
    try:
        connection.request("POST", path, message.body, headers)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
