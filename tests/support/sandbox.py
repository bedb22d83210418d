"""The Stripe sandbox as tests see it: real HTTP, plus its own /_sandbox addresses for faults, time and the ledger."""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

SECRET_KEY = "sk_test_sandbox_shop"


class SandboxControls:
    """What tests do at Stripe past the shop: in its dashboard, as the buyer's bank, and with the sandbox itself."""

    def _stripe(self, method: str, path: str, **form: object) -> Any:
        """A request to Stripe's API, with the shop's key."""
        raise NotImplementedError

    def _control(self, method: str, path: str, wish: Mapping[str, object] | None = None) -> Any:
        """A request to the sandbox's own addresses."""
        raise NotImplementedError

    def token(self, payment_method: str = "pm_card_visa") -> str:
        """A one-time token as the buyer's browser would make it; https://docs.stripe.com/testing names the methods."""
        made = self._stripe("POST", "/v1/test_helpers/confirmation_tokens", payment_method=payment_method)
        return str(made["id"])

    def refund(self, payment_id: str, amount: int | None = None, **form: object) -> dict[str, Any]:
        """Money back by Stripe's dashboard: all that is left, or `amount` in Stripe's units -> the Refund."""
        part = {} if amount is None else {"amount": amount}
        refund: dict[str, Any] = self._stripe("POST", "/v1/refunds", payment_intent=payment_id, **part, **form)
        return refund

    def dispute(self, charge_id: str, kind: str = "fraudulent") -> list[dict[str, Any]]:
        """The buyer goes to the bank now: fraudulent, product_not_received, inquiry, several, compelling_evidence,
        compliance -> the Disputes."""
        disputes: list[dict[str, Any]] = self._control("POST", "disputes", {"charge": charge_id, "kind": kind})
        return disputes

    def send_evidence(self, dispute_id: str, text: str) -> dict[str, Any]:
        """`winning_evidence`, `losing_evidence`, `escalate_inquiry_evidence`; the bank decides after dispute_delay."""
        form = {"evidence[uncategorized_text]": text}
        dispute: dict[str, Any] = self._stripe("POST", f"/v1/disputes/{dispute_id}", **form)
        return dispute

    def give_up(self, dispute_id: str) -> dict[str, Any]:
        """A dispute that nobody contests: lost."""
        dispute: dict[str, Any] = self._stripe("POST", f"/v1/disputes/{dispute_id}/close")
        return dispute

    def warn_of_fraud(self, charge_id: str) -> dict[str, Any]:
        """The card's issuer takes the charge for fraud -> the EarlyFraudWarning."""
        warning: dict[str, Any] = self._control("POST", "fraud_warnings", {"charge": charge_id})
        return warning

    def fault(
        self, kind: str, endpoint: str = ".*", *, method: str | None = None, count: int = 1, seconds: float = 0
    ) -> None:
        """The next `count` calls whose path matches go wrong: drop_before, drop_after, delay, cut, status_500, 429 ...;
        or deliveries whose event's type matches: webhook_drop, webhook_twice, webhook_hold, webhook_reorder."""
        self._control(
            "POST", "faults", {"kind": kind, "endpoint": endpoint, "method": method, "count": count, "seconds": seconds}
        )

    def forget_faults(self) -> None:
        self._control("DELETE", "faults")

    def shift_clock(self, seconds: float) -> None:
        """Moves Stripe's own clock away from the system's."""
        self._control("POST", "clock", {"shift": seconds})

    def reset(self) -> None:
        """An account as new."""
        self._control("POST", "reset")

    def ledger(self) -> dict[str, Any]:
        """All that happened: lists of payment_intents, charges, refunds, disputes, early_fraud_warnings,
        balance_transactions, events, requests, deliveries ...; and the `balance`."""
        ledger: dict[str, Any] = self._control("GET", "ledger")
        return ledger

    @property
    def charges(self) -> list[dict[str, Any]]:
        """Charges that took money."""
        return [charge for charge in self.ledger()["charges"] if charge["status"] == "succeeded"]

    @property
    def balance(self) -> dict[str, int]:
        """What is on the account in each currency, available or not."""
        balance, totals = self.ledger()["balance"], dict[str, int]()
        for part in (*balance["available"], *balance["pending"]):
            totals[part["currency"]] = totals.get(part["currency"], 0) + part["amount"]
        return totals


@dataclass(frozen=True)
class Sandbox(SandboxControls):
    """A running sandbox at `url`."""

    url: str
    secret_key: str = SECRET_KEY

    def _stripe(self, method: str, path: str, **form: object) -> Any:
        return self._call(method, path, urlencode(form).encode(), Authorization=f"Bearer {self.secret_key}")

    def _control(self, method: str, path: str, wish: Mapping[str, object] | None = None) -> Any:
        body = json.dumps(wish).encode() if wish is not None else None
        return self._call(method, f"/_sandbox/{path}", body, **{"Content-Type": "application/json"})

    def _call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
        request = urllib.request.Request(f"{self.url}{path}", body, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
