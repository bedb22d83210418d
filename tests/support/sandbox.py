"""The Stripe sandbox as tests see it: real HTTP, plus its own /_sandbox addresses for faults, time and the ledger."""

import json
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox at `url`."""

    url: str
    secret_key: str = "sk_test_sandbox_shop"

    def _call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
        request = urllib.request.Request(f"{self.url}{path}", body, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def _order(self, path: str, **wish: object) -> None:
        self._call("POST", f"/_sandbox/{path}", json.dumps(wish).encode(), **{"Content-Type": "application/json"})

    def token(self, payment_method: str = "pm_card_visa") -> str:
        """A one-time token as the buyer's browser would make it; https://docs.stripe.com/testing names the methods."""
        made = self._call(
            "POST",
            "/v1/test_helpers/confirmation_tokens",
            urlencode({"payment_method": payment_method}).encode(),
            Authorization=f"Bearer {self.secret_key}",
        )
        return str(made["id"])

    def fault(
        self, kind: str, endpoint: str = ".*", *, method: str | None = None, count: int = 1, seconds: float = 0
    ) -> None:
        """The next `count` calls whose path matches go wrong: drop_before, drop_after, delay, status_500, 429 ..."""
        self._order("faults", kind=kind, endpoint=endpoint, method=method, count=count, seconds=seconds)

    def forget_faults(self) -> None:
        self._call("DELETE", "/_sandbox/faults")

    def shift_clock(self, seconds: float) -> None:
        self._order("clock", shift=seconds)

    def reset(self) -> None:
        self._order("reset")

    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        """All that happened: payment_intents, charges, balance_transactions, events, requests, deliveries ..."""
        ledger: dict[str, list[dict[str, Any]]] = self._call("GET", "/_sandbox/ledger")
        return ledger

    @property
    def charges(self) -> list[dict[str, Any]]:
        """Charges that took money."""
        return [charge for charge in self.ledger()["charges"] if charge["status"] == "succeeded"]
