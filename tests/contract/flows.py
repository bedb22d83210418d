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
#: on the account twice, and with something more than the usual evidence to send
OTHER_DISPUTES = ("createMultipleDisputes", "createCe3EligibleDispute", "createComplianceDispute")


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
        self.given_back()
        self.disputed()
        self.warned()
        self.heard()
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

    def given_back(self) -> None:
        refunds, paid = self.v1.refunds, self.paid_with("visa")
        asked = {"payment_intent": paid.id, "amount": 300, "reason": "requested_by_customer", "metadata": {"a": "b"}}
        for _ in range(2):
            made = refunds.create(asked, {"idempotency_key": "give back"})
        refused(refunds.create, asked | {"amount": 301}, {"idempotency_key": "give back"})
        refunds.update(made.id, {"metadata": {"a": "", "note": "x"}})
        refunds.create({"charge": paid.latest_charge.id, "amount": 200, "expand": ["balance_transaction", "charge"]})
        refused(refunds.create, {"payment_intent": paid.id, "amount": 1000})
        self.sandbox.refund(paid.id)
        self.v1.charges.retrieve(paid.latest_charge.id, {"expand": ["refunds.data.balance_transaction"]})
        self.v1.charges.update(paid.latest_charge.id, {"description": "given back", "metadata": {"a": "b"}})
        late, failing, pending = (self.paid_with(card) for card in ("pendingRefund", "refundFail", "pendingRefund"))
        for intent in (late, failing, pending):
            found = refunds.create({"payment_intent": intent.id})
        self.sandbox.dispute(pending.latest_charge.id)
        refunds.retrieve(found.id)
        self.sandbox.shift_clock(60)
        for found in refunds.list({"limit": 3}).data:
            refunds.retrieve(found.id, {"expand": ["failure_balance_transaction", "payment_intent", "payment_method"]})
        disputed = self.paid_with("visa")
        self.sandbox.dispute(disputed.latest_charge.id)
        for wrong in (
            {},
            {"payment_intent": paid.id},
            {"payment_intent": disputed.id},
            {"payment_intent": self.open().id},
            {"charge": "none"},
            {"charge": "none", "amount": "12.5"},
            {"charge": "none", "reason": "because"},
            {"charge": "none", "items": 1},
        ):
            refused(refunds.create, wrong)
        refused(refunds.retrieve, "none")
        refused(refunds.update, "none", {"metadata": {"a": "b"}})
        refused(self.v1.charges.update, "none", {"description": "x"})
        refused(self.v1.charges.update, paid.latest_charge.id, {"amount": 1})

    def disputed(self) -> None:
        disputes, cards = self.v1.disputes, ("", "ProductNotReceived", "Inquiry", "Inquiry", "Inquiry")
        for card in (*(f"createDispute{kind}" for kind in cards), *OTHER_DISPUTES):
            self.paid_with(card)
        self.sandbox.shift_clock(10)
        found = disputes.list({"limit": 9}).data[::-1]
        assert len({dispute.status for dispute in found}) == 2
        texts = ("winning_evidence", "losing_evidence", "winning_evidence", "escalate_inquiry_evidence")
        for dispute, text in zip(found, texts, strict=False):
            disputes.update(dispute.id, {"evidence": {"access_activity_log": "x"}, "submit": False})
            disputes.update(dispute.id, {"evidence": {"uncategorized_text": text}, "metadata": {"case": "7"}})
        self.sandbox.shift_clock(10)
        for dispute in found:
            disputes.retrieve(dispute.id, {"expand": ["charge", "payment_intent", "balance_transactions.source"]})
        disputes.close(found[4].id)
        disputes.close(found[5].id)
        for again in (disputes.close, disputes.update):
            refused(again, found[0].id)
            refused(again, "none")
        refused(disputes.update, found[6].id, {"evidence": {"receipt": "file_1"}})
        refused(disputes.update, found[6].id, {"status": "won"})
        refused(disputes.retrieve, "none")

    def warned(self) -> None:
        warnings, paid = self.v1.radar.early_fraud_warnings, self.paid_with("createIssuerFraudRecord")
        self.sandbox.shift_clock(10)
        [warning] = warnings.list({"payment_intent": paid.id}).data
        self.sandbox.refund(paid.id)
        warnings.retrieve(warning.id, {"expand": ["charge"]})
        refused(warnings.retrieve, "none")

    def heard(self) -> None:
        endpoints = self.v1.webhook_endpoints
        asked = {"url": "http://127.0.0.1:9/hooks", "enabled_events": ["*"], "metadata": {"a": "b"}}
        for _ in range(3):
            made = endpoints.create(asked | {"api_version": stripe.api_version, "description": "the shop"})
        endpoints.retrieve(made.id)
        endpoints.update(made.id, {"enabled_events": ["charge.refunded", "charge.succeeded"], "disabled": True})
        refused(endpoints.create, {"url": "http://127.0.0.1:9/hooks"})
        refused(endpoints.create, asked | {"url": "shop"})
        refused(endpoints.create, asked | {"secret": "whsec_x"})
        refused(endpoints.update, "none", {"disabled": True})
        for ask in (endpoints.retrieve, endpoints.delete):
            refused(ask, "none")
        endpoints.delete(made.id)
        for resource in (endpoints, self.v1.refunds, self.v1.disputes, self.v1.radar.early_fraud_warnings):
            first = resource.list({"limit": 1})
            resource.list({"limit": 100, "starting_after": first.data[0].id})
            refused(resource.list, {"limit": 0})
            refused(resource.list, {"starting_after": "none"})
            refused(resource.list, {"page": 2})

    def paid_with(self, card: str) -> Any:
        return self.confirm(self.open(), f"pm_card_{card}")

    def read(self) -> None:
        self.v1.balance.retrieve()
        expanded = ["data.charge", "data.balance_transaction", "data.failure_balance_transaction"]
        self.v1.refunds.list({"limit": 100, "created": {"gte": 5}, "expand": expanded})
        self.v1.disputes.list({"limit": 100, "created": {"gte": 5}, "expand": ["data.charge", "data.payment_intent"]})
        self.v1.radar.early_fraud_warnings.list({"created": {"gte": 5}, "expand": ["data.charge"]})
        for kind in ("refund", "refund_failure", "adjustment"):
            self.v1.balance_transactions.list({"limit": 100, "expand": ["data.source"], "type": kind})
        refused(self.v1.balance_transactions.list, {"payout": "none"})
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
