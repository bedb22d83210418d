"""Every endpoint of the sandbox, with each of its outcomes, as a shop's client would come to them."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import requests
import stripe

from tests.support.sandbox import Sandbox

SALE = {"amount": 1299, "currency": "usd", "allowed_payment_method_types": ["card", "link"]}
DECLINES = (
    "visa_chargeDeclined",
    "visa_chargeDeclinedInsufficientFunds",
    "visa_chargeDeclinedLostCard",
    "visa_chargeDeclinedStolenCard",
    "visa_chargeDeclinedVelocityLimitExceeded",
    "chargeDeclinedExpiredCard",
    "chargeDeclinedIncorrectCvc",
    "chargeDeclinedProcessingError",
    "radarBlock",
)


class Flows:
    """`v1` is Stripe's client, `sandbox` what is not Stripe's (the bank's page, faults)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sandbox = Sandbox(url)
        client = stripe.StripeClient(
            "sk_test_sandbox_shop",
            base_addresses={"api": url},
            max_network_retries=0,
            http_client=stripe.RequestsClient(),
        )
        self.v1: Any = client.v1

    def run(self) -> None:
        """All of them."""
        self.tokens_and_methods()
        self.paid()
        self.declined()
        self.authenticated()
        self.ended()
        self.refused()
        self.repeated()
        self.failing()
        self.read()

    def open(self, **changes: Any) -> Any:
        return self.v1.payment_intents.create(SALE | changes)

    def token(self, method: str = "pm_card_visa") -> str:
        return str(self.v1.test_helpers.confirmation_tokens.create({"payment_method": method}).id)

    def confirm(self, intent: Any, method: str = "pm_card_visa", key: str | None = None, **changes: Any) -> Any:
        params = {
            "confirmation_token": self.token(method),
            "return_url": "https://shop.example/store/return/x",
            "expand": ["latest_charge.balance_transaction"],
        }
        return self.v1.payment_intents.confirm(intent.id, params | changes, {"idempotency_key": key} if key else {})

    def tokens_and_methods(self) -> None:
        tokens = self.v1.test_helpers.confirmation_tokens
        billing = {"email": "mara@shop.example", "address": {"country": "DE"}}
        method = self.v1.payment_methods.create(
            {"type": "card", "card": {"token": "tok_mastercard"}, "billing_details": billing, "metadata": {"a": "b"}}
        )
        self.v1.payment_methods.retrieve(method.id)
        made = tokens.create({"payment_method": method.id, "return_url": "https://shop.example"})
        self.v1.confirmation_tokens.retrieve(made.id)
        for wrong in ({}, {"payment_method": "pm_none"}, {"payment_method": "pm_card_visa", "card": "x"}):
            refused(tokens.create, wrong)
        raw = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        for wrong in (
            {},
            {"type": "card"},
            {"type": "card", "card": {"token": "tok_none"}},
            {"type": "card", "card": raw},
        ):
            refused(self.v1.payment_methods.create, wrong)

    def paid(self) -> None:
        self.confirm(
            self.open(description="Album: Low Tide", metadata={"order": "a"}, statement_descriptor_suffix="LOW")
        )
        self.confirm(self.open(capture_method="automatic"))
        self.open(payment_method="pm_card_visa")
        self.open(confirm=True, payment_method="pm_card_visa", receipt_email="mara@shop.example")
        self.open(confirm=True, payment_method="pm_card_authenticationRequired")
        refused(self.open, confirm=True, payment_method="pm_card_visa_chargeDeclined")
        self.v1.payment_intents.create(
            {"amount": 900, "currency": "eur", "automatic_payment_methods": {"enabled": True}}
        )

    def declined(self) -> None:
        for card in DECLINES:
            intent = self.open()
            refused(self.confirm, intent, f"pm_card_{card}")
        self.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge", "payment_method"]})
        self.v1.payment_intents.update(intent.id, {"amount": 1500, "description": "x", "metadata": {"order": ""}})
        self.confirm(intent)

    def authenticated(self) -> None:
        for card, outcome in (
            ("authenticationRequired", "complete"),
            ("authenticationRequired", "fail"),
            ("threeDSecureRequiredChargeDeclined", "complete"),
        ):
            intent = self.confirm(self.open(), f"pm_card_{card}")
            self.v1.payment_intents.retrieve(intent.id)
            page = f"{self.sandbox.url}/3ds/{intent.id}"
            requests.post(page, {"client_secret": intent.client_secret, "outcome": outcome}, timeout=10)
            self.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
        self.confirm(self.open(), "pm_card_authenticationRequired", use_stripe_sdk=False)
        refused(self.confirm, self.open(), "pm_card_authenticationRequired", error_on_requires_action=True)

    def ended(self) -> None:
        intent = self.open()
        self.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
        self.v1.payment_intents.retrieve(intent.id)
        asked = self.confirm(self.open(), "pm_card_authenticationRequired")
        self.v1.payment_intents.cancel(asked.id)
        refused(self.v1.payment_intents.cancel, intent.id)
        refused(self.confirm, intent)
        paid = self.confirm(self.open())
        refused(self.v1.payment_intents.update, paid.id, {"amount": 500})

    def refused(self) -> None:
        for wrong in (
            {"price": 1},
            {"amount": "12.5"},
            {"amount": ""},
            {"amount": 49},
            {"amount": 100_000_000},
            {"currency": "xxx"},
            {"payment_method_types": ["card"]},
        ):
            refused(self.open, **wrong)
        refused(self.v1.payment_intents.create, {"currency": "usd"})
        intent, token = self.open(), self.token()
        confirm = self.v1.payment_intents.confirm
        refused(confirm, intent.id)
        refused(confirm, intent.id, {"confirmation_token": "ctoken_unknown1"})
        confirm(intent.id, {"confirmation_token": token})
        refused(confirm, self.open().id, {"confirmation_token": token})
        refused(confirm, intent.id, {"confirmation_token": token, "amount": 5})
        for ask in (
            self.v1.payment_intents.retrieve,
            self.v1.payment_intents.cancel,
            self.v1.payment_intents.confirm,
            self.v1.charges.retrieve,
            self.v1.balance_transactions.retrieve,
            self.v1.events.retrieve,
            self.v1.confirmation_tokens.retrieve,
            self.v1.payment_methods.retrieve,
        ):
            refused(ask, "none")
        refused(self.v1.payment_intents.update, "none", {"description": "x"})
        for key in ("sk_test_other", "pk_test_sandbox_shop"):
            for method, path in (("POST", "payment_intents"), ("GET", "charges"), ("GET", "events")):
                requests.request(
                    method, f"{self.url}/v1/{path}", headers={"Authorization": f"Bearer {key}"}, timeout=10
                )

    def repeated(self) -> None:
        create, intent, token = self.v1.payment_intents.create, self.open(), self.token("pm_card_visa_chargeDeclined")
        for _ in range(2):
            create(SALE, {"idempotency_key": "again"})
            refused(self.v1.payment_intents.confirm, intent.id, {"confirmation_token": token}, {"idempotency_key": "c"})
        refused(create, SALE | {"amount": 1300}, {"idempotency_key": "again"})
        token = self.token()
        for _ in range(2):
            self.v1.payment_intents.confirm(intent.id, {"confirmation_token": token}, {"idempotency_key": "d"})

    def failing(self) -> None:
        intent = self.open()
        for kind in ("429", "lock_timeout", "409", "status_500"):
            self.sandbox.fault(kind, "/v1/payment_intents.*", count=2)
            refused(self.open)
            refused(self.v1.payment_intents.confirm, intent.id, {"payment_method": "pm_card_visa"})

    def read(self) -> None:
        for resource in (
            self.v1.payment_intents,
            self.v1.charges,
            self.v1.balance_transactions,
            self.v1.events,
        ):
            first = resource.list({"limit": 2})
            resource.list({"limit": 2, "starting_after": first.data[-1].id})
            resource.list({"limit": 100, "created": {"gte": first.data[0].created - 3600}})
            resource.list({"created": {"lt": 5}})
            refused(resource.list, {"limit": 0})
            refused(resource.list, {"starting_after": "none"})
            refused(resource.list, {"page": 2})
        self.v1.payment_intents.list(
            {"limit": 100, "expand": ["data.latest_charge.balance_transaction", "data.payment_method"]}
        )
        self.v1.charges.list({"limit": 100, "expand": ["data.payment_intent", "data.balance_transaction"]})
        self.v1.balance_transactions.list({"limit": 100, "expand": ["data.source"], "type": "charge"})
        refused(self.v1.charges.list, {"expand": ["data.amount"]})
        self.v1.events.list({"types": ["charge.succeeded", "charge.failed"], "delivery_success": True})
        charge = self.v1.charges.list({"limit": 1}).data[0]
        self.v1.charges.list({"payment_intent": charge.payment_intent})
        self.v1.charges.retrieve(charge.id, {"expand": ["balance_transaction", "payment_intent"]})
        entry = self.v1.balance_transactions.list({"limit": 1}).data[0]
        self.v1.balance_transactions.retrieve(entry.id, {"expand": ["source"]})
        self.v1.events.retrieve(self.v1.events.list({"limit": 1}).data[0].id)


def refused(ask: Callable[..., Any], *arguments: Any, **named: Any) -> None:
    """A request whose answer is an error; which one is in the recording."""
    with suppress(stripe.StripeError):
        ask(*arguments, **named)
        raise AssertionError(f"{ask} was not refused")
