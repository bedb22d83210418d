"""Charges credit cards through Stripe's PaymentIntents, and gives money back.

Two calls to a purchase: open_payment creates the PaymentIntent, from which no money can move; complete_stripe_purchase
confirms it with the buyer's one-time token. The first may be sent again under its key; the second is sent once, since
a second answer (429, 401) would read as "not charged" while the first may have run. What stays unclear, find_payment
tells.

https://docs.stripe.com/payments/build-a-two-step-confirmation
https://docs.stripe.com/error-low-level
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import stripe

from storefront.money import Money
from storefront.payments.records import PaymentRecords
from storefront.payments.results import Card, ChargeResult, DisputeResult, RefundResult
from storefront.payments.stripe_errors import Declined, our_errors
from storefront.payments.stripe_objects import card_of, charge_result, dispute_result, refund_result
from storefront.payments.transport import Timeouts, Transport, pooled
from storefront.payments.webhook_endpoints import WebhookEndpoints
from storefront.payments.webhooks import Event, read_event

#: What the page's Payment Element offers and the intent allows: one list, or Stripe refuses the token.
#: Wallets are "card".
PAYMENT_METHOD_TYPES = ("card", "link")

#: (connect, read) in seconds, for each send: of what may move money, of what somebody waits for, and of the rest.
PATIENT, BRISK, RELAXED = (3.05, 20.0), (3.05, 4.0), (3.05, 8.0)
_EXPAND = ["latest_charge.balance_transaction"]


class CreditCardProcessor:
    """Knows Stripe, and no database. Safe to share between threads."""

    payment_method_types = PAYMENT_METHOD_TYPES

    def __init__(
        self,
        secret_key: str,
        public_key: str,
        *,
        webhook_secrets: Sequence[str],
        api_base: str | None = None,
        stripe_js_url: str,
        transport: Transport | None = None,
    ) -> None:
        """`api_base` is Stripe's own unless it is given; `transport` is one pool of connections for all clients."""
        self.stripe_public_key = public_key
        self.stripe_js_url = stripe_js_url
        self._webhook_secrets = tuple(webhook_secrets)
        self._livemode = secret_key.startswith(("sk_live_", "rk_live_"))
        addresses: Any = {"api": api_base} if api_base else {}

        transport = transport or pooled()

        def client(timeouts: Timeouts, retries: int) -> stripe.StripeClient:
            return stripe.StripeClient(
                secret_key, http_client=transport(timeouts), base_addresses=addresses, max_network_retries=retries
            )

        self._sent_once = client(PATIENT, retries=0)
        self._waited_for = client(BRISK, retries=1)
        self._asked_again = client(RELAXED, retries=2)
        #: What Stripe's books hold.
        self.records = PaymentRecords(self._asked_again)
        #: Where it sends its messages.
        self.webhook_endpoints = WebhookEndpoints(self._asked_again)

    def open_payment(self, params: Mapping[str, Any], key: str) -> str:
        """Creates the PaymentIntent of a purchase -> its id. The same key with the same params gives the same intent.

        Raises PaymentError of any kind; whichever it is, no money has moved.
        """
        request: Any = dict(params)
        with our_errors():
            return self._waited_for.v1.payment_intents.create(request, {"idempotency_key": key}).id

    def complete_stripe_purchase(
        self, stripe_token: str, price: Money, *, payment_id: str, key: str, return_url: str
    ) -> ChargeResult:
        """Charges `price` to the card behind the one-time token `stripe_token` ("ctoken_..."). Sent once.

        What it is for is stated in the intent `payment_id` since open_payment; Stripe checks `price` against it.
        `return_url` is where the bank sends the buyer back to. A declined card is a result.
        Raises PaymentRefused, PaymentUnavailable (nothing was charged) or PaymentInDoubt (find_payment will tell).
        """
        try:
            with our_errors():
                return charge_result(
                    self._sent_once.v1.payment_intents.confirm(
                        payment_id,
                        {
                            "confirmation_token": stripe_token,
                            "amount_to_confirm": price.amount,
                            "return_url": return_url,
                            "expand": _EXPAND,
                        },
                        {"idempotency_key": key},
                    )
                )
        except Declined as declined:
            return declined.result

    def find_payment(self, payment_id: str, *, somebody_waits: bool = False) -> ChargeResult:
        """What is so now, at Stripe. Asked once when `somebody_waits` for the answer, else up to three times."""
        options: Any = {"max_network_retries": 0} if somebody_waits else {}
        client = self._waited_for if somebody_waits else self._asked_again
        with our_errors():
            return charge_result(client.v1.payment_intents.retrieve(payment_id, {"expand": _EXPAND}, options))

    def find_card(self, stripe_token: str) -> Card | None:
        """The card behind a one-time token, which stays good; None when it is no card. Asked once: somebody waits."""
        with our_errors():
            token = self._waited_for.v1.confirmation_tokens.retrieve(stripe_token, None, {"max_network_retries": 0})
            return card_of(token.payment_method_preview)

    def cancel_payment(
        self, payment_id: str, reason: str = "abandoned", *, somebody_waits: bool = False
    ) -> ChargeResult:
        """Cancels a PaymentIntent. Raises PaymentRefused when it is canceled, paid or processing already."""
        client = self._waited_for if somebody_waits else self._asked_again
        options: Any = {"idempotency_key": secrets.token_hex(16)}
        params: Any = {"cancellation_reason": reason, "expand": _EXPAND}
        with our_errors():
            return charge_result(client.v1.payment_intents.cancel(payment_id, params, options))

    def refund(
        self, payment_id: str, amount: Money, *, key: str, reference: str, reason: str | None = None
    ) -> RefundResult:
        """Gives `amount` of a paid PaymentIntent back. The same key gives the same refund, for a day.

        `reference` is our name of it, and stands in its metadata; `reason` is one of Stripe's words.
        Raises PaymentRefused (it cannot be, or not so much), PaymentUnavailable (nothing ran) or PaymentInDoubt.
        """
        params: Any = {
            "payment_intent": payment_id,
            "amount": amount.amount,
            "metadata": {"refund": reference},
            "expand": ["balance_transaction", "failure_balance_transaction"],
            **({"reason": reason} if reason else {}),
        }
        with our_errors():
            return refund_result(self._asked_again.v1.refunds.create(params, {"idempotency_key": key}))

    def send_evidence(self, dispute_id: str, texts: Mapping[str, str], *, key: str) -> DisputeResult:
        """Sends the bank what the shop has to say, once for each `key`. It cannot be changed afterwards.

        `texts` are Stripe's fields of evidence, none empty, each with at most 20,000 characters, 150,000 in all:
        https://docs.stripe.com/api/disputes/update. Raises PaymentRefused (decided already, or too long),
        PaymentUnavailable (nothing ran) or PaymentInDoubt.
        """
        params: Any = {"evidence": dict(texts), "submit": True}
        with our_errors():
            return dispute_result(self._asked_again.v1.disputes.update(dispute_id, params, {"idempotency_key": key}))

    def accept_dispute(self, dispute_id: str, *, key: str) -> DisputeResult:
        """Gives a dispute up: it is lost, for good. Raises as send_evidence does."""
        with our_errors():
            return dispute_result(self._asked_again.v1.disputes.close(dispute_id, {}, {"idempotency_key": key}))

    def read_event(self, body: bytes, signature: str | None, now: int) -> Event:
        """A webhook's message, if its signature and time are right; `now` in seconds since 1970. Raises BadWebhook."""
        return read_event(body, signature, self._webhook_secrets, now, livemode=self._livemode)
