"""Idempotent requests: https://docs.stripe.com/api/idempotent_requests and https://docs.stripe.com/error-low-level.

The answer of a POST is saved under its Idempotency-Key once the endpoint began executing, whatever it is, in the same
transaction as the changes; what is refused before that (keys, limits, parameters, a key in use) is not.
"""

import hashlib
import json
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import StripeError, invalid
from .store import Store

LIFETIME = 24 * 60 * 60
LONGEST_KEY = 255


class Saved(Exception):
    """This key has its answer already."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status)
        self.status, self.text = status, text


class Idempotency:
    """The keys that are being worked on (they end with the process), and the answers in the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._running: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def claim(self, key: str, fingerprint: str, now: int) -> Iterator[None]:
        """Hold the key while the request runs.

        Raises Saved when it has run, StripeError when it is running or was used with other parameters.
        """
        if len(key) > LONGEST_KEY:
            raise invalid(f"Idempotency keys can be at most {LONGEST_KEY} characters long.", param="Idempotency-Key")
        with self._lock:
            if key in self._running:
                raise in_use(key)
            self._running.add(key)
        try:
            row = self.store.connection.execute(
                "SELECT * FROM saved_answer WHERE key = ? AND created > ?", (key, now - LIFETIME)
            ).fetchone()
            if row is not None and row["fingerprint"] != fingerprint:
                raise _other_parameters(key)
            if row is not None:
                raise Saved(row["status"], row["body"])
            yield
        finally:
            with self._lock:
                self._running.discard(key)

    def save(self, key: str, fingerprint: str, status: int, text: str, now: int) -> None:
        """Keep an answer; inside the transaction of the request."""
        self.store.connection.execute(
            "INSERT OR REPLACE INTO saved_answer VALUES (?, ?, ?, ?, ?)",
            (key, fingerprint, status, text, now),
        )


def fingerprint(method: str, path: str, form: str) -> str:
    """What makes two requests the same one: the endpoint and the parameters, in any order."""
    pairs = sorted(urllib.parse.parse_qsl(form, keep_blank_values=True))
    return hashlib.sha256(json.dumps([method, path, pairs]).encode()).hexdigest()


def in_use(key: str) -> StripeError:
    """409: the first request with this key has no answer yet."""
    return StripeError(
        409,
        "idempotency_error",
        "There is currently another in-progress request using this Idempotent Key (that probably "
        f"means you submitted twice, and the other request is still going through): {key}. Please try again later.",
        code="idempotency_key_in_use",
    )


def _other_parameters(key: str) -> StripeError:
    return StripeError(
        400,
        "idempotency_error",
        "Keys for idempotent requests can only be used with the same parameters they were first "
        f"used with. Try using a key other than '{key}' if you meant to execute a different request.",
    )
