"""Charges credit cards through Stripe's PaymentIntents. The only module that imports stripe.

Two calls to a purchase: open_payment creates the PaymentIntent, from which no money can move; complete_stripe_purchase
confirms it with the buyer's one-time token. The first may be sent again under its key; the second is sent once, since
a second answer (429, 401) would read as "not charged" while the first may have run. What stays unclear, find_payment
tells.

https://docs.stripe.com/payments/build-a-two-step-confirmation
https://docs.stripe.com/error-low-level
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import requests
import stripe
from requests.adapters import HTTPAdapter

from storefront.money import Money
from storefront.payments.declines import describe
from storefront.payments.errors import PaymentInDoubt, PaymentRefused, PaymentUnavailable
from storefront.payments.results import Card, ChargeResult, PaymentStatus, Tried
from storefront.payments.webhooks import Event, read_event

#: What the page's Payment Element offers and the intent allows: one list, or Stripe refuses the token.
#: Wallets are "card".
PAYMENT_METHOD_TYPES = ("card", "link")

#: (connect, read) for each send: of what may move money, and of what can be asked again.
PATIENT, BRISK = (3.05, 20.0), (3.05, 8.0)
_EXPAND = ["latest_charge.balance_transaction"]
_STATUS = {
    "succeeded": PaymentStatus.SUCCEEDED,
    "requires_action": PaymentStatus.ACTION_REQUIRED,
    "processing": PaymentStatus.PROCESSING,
    "canceled": PaymentStatus.CANCELED,
}


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
    ) -> None:
        """`api_base` is Stripe's own unless it is given."""
        self.stripe_public_key = public_key
        self.stripe_js_url = stripe_js_url
        self._webhook_secrets = tuple(webhook_secrets)
        self._livemode = secret_key.startswith(("sk_live_", "rk_live_"))
        addresses: Any = {"api": api_base} if api_base else {}

        def client(timeout: tuple[float, float], retries: int) -> stripe.StripeClient:
            http = stripe.RequestsClient(timeout=timeout, session=connections)
            return stripe.StripeClient(
                secret_key, http_client=http, base_addresses=addresses, max_network_retries=retries
            )

        # One pool for both: what is sent once then goes over the connection that has just been used, not a stale one.
        connections = _pool()
        self._sent_once = client(PATIENT, retries=0)
        self._asked_again = client(BRISK, retries=2)

    def open_payment(self, params: Mapping[str, Any], key: str) -> str:
        """Creates the PaymentIntent of a purchase -> its id. The same key with the same params gives the same intent.

        Raises PaymentError of any kind; whichever it is, no money has moved.
        """
        request: Any = dict(params)
        with _our_errors():
            return self._asked_again.v1.payment_intents.create(request, {"idempotency_key": key}).id

    def complete_stripe_purchase(
        self, stripe_token: str, price: Money, *, payment_id: str, key: str, return_url: str
    ) -> ChargeResult:
        """Charges `price` to the card behind the one-time token `stripe_token` ("ctoken_..."). Sent once.

        What it is for is stated in the intent `payment_id` since open_payment; Stripe checks `price` against it.
        `return_url` is where the bank sends the buyer back to. A declined card is a result.
        Raises PaymentRefused, PaymentUnavailable (nothing was charged) or PaymentInDoubt (find_payment will tell).
        """
        try:
            with _our_errors():
                return _result(
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
        except _Declined as declined:
            return declined.result

    def find_payment(self, payment_id: str, *, somebody_waits: bool = False) -> ChargeResult:
        """What is so now, at Stripe. Asked once when `somebody_waits` for the answer, else up to three times."""
        options: Any = {"max_network_retries": 0} if somebody_waits else {}
        with _our_errors():
            return _result(self._asked_again.v1.payment_intents.retrieve(payment_id, {"expand": _EXPAND}, options))

    def cancel_payment(self, payment_id: str, reason: str = "abandoned") -> ChargeResult:
        """Cancels a PaymentIntent. Raises PaymentRefused when it is canceled, paid or processing already."""
        options: Any = {"idempotency_key": secrets.token_hex(16)}
        params: Any = {"cancellation_reason": reason, "expand": _EXPAND}
        with _our_errors():
            return _result(self._asked_again.v1.payment_intents.cancel(payment_id, params, options))

    def read_event(self, body: bytes, signature: str | None, now: int) -> Event:
        """A webhook's message, if its signature and time are right; `now` in seconds since 1970. Raises BadWebhook."""
        return read_event(body, signature, self._webhook_secrets, now, livemode=self._livemode)


def _pool() -> requests.Session:
    session = requests.Session()
    session.max_redirects = 0  # Stripe redirects nobody
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=32))
    return session


class _Declined(PaymentRefused):
    """Inside this module only: a 402, which carries the intent as it is now."""

    def __init__(self, error: stripe.CardError, result: ChargeResult) -> None:
        super().__init__(_message(error), code=_code(error), request_id=error.request_id)
        self.result = result


#: What reading an answer runs into that is no PaymentIntent.
_UNREADABLE = (AssertionError, AttributeError, KeyError, TypeError, ValueError)


@contextmanager
def _our_errors() -> Iterator[None]:
    """Stripe's exceptions -> ours; their code is read from `error.error`, since some of them have none themselves."""
    try:
        yield
    except stripe.CardError as error:
        raise _declined(error) from error
    except stripe.IdempotencyError as error:
        raise PaymentInDoubt(_message(error), code="idempotency_error", request_id=error.request_id) from error
    except stripe.InvalidRequestError as error:
        raise PaymentRefused(_message(error), code=_code(error), request_id=error.request_id) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise PaymentUnavailable(_message(error), code=_code(error), request_id=error.request_id) from error
    except stripe.RateLimitError as error:
        # The limiter stands before everything else; a lock's time-out does not.
        kind = PaymentInDoubt if _code(error) == "lock_timeout" else PaymentUnavailable
        raise kind(_message(error), code=_code(error), request_id=error.request_id) from error
    except stripe.StripeError as error:
        raise PaymentInDoubt(_message(error), code=_code(error), request_id=error.request_id) from error
    except _UNREADABLE as error:
        raise PaymentInDoubt(f"an answer that is no PaymentIntent: {error!r}") from error


def _declined(error: stripe.CardError) -> PaymentRefused | PaymentInDoubt:
    try:
        intent: Any = getattr(error.error, "payment_intent", None)
        return _Declined(error, _result(intent))
    except _UNREADABLE:
        return PaymentInDoubt(_message(error), code=_code(error), request_id=error.request_id)


def _code(error: stripe.StripeError) -> str | None:
    return error.error.code if error.error else error.code


def _message(error: stripe.StripeError) -> str:
    return str(error.user_message or type(error).__name__)


def _result(intent: stripe.PaymentIntent) -> ChargeResult:
    """Takes an intent that Stripe answered apart; whatever is missing in it makes the answer one in doubt."""
    charge = intent.latest_charge if isinstance(intent.latest_charge, stripe.Charge) else None
    charge_id = charge.id if charge else intent.latest_charge
    assert charge_id is None or isinstance(charge_id, str)
    booked = charge.balance_transaction if charge else None
    transaction = booked if isinstance(booked, stripe.BalanceTransaction) else None
    error = intent.last_payment_error
    status = _status(intent)
    method = getattr(error, "payment_method", None)
    tried = method.id if method else None
    return ChargeResult(
        payment_id=intent.id,
        status=status,
        amount=Money(intent.amount, intent.currency),
        charge_id=charge_id if intent.status == "succeeded" else None,
        fee=Money(transaction.fee, transaction.currency) if transaction else None,
        net=Money(transaction.net, transaction.currency) if transaction else None,
        card=_card(charge) if charge else None,
        client_secret=intent.client_secret,
        decline=describe(_part(error, "code"), _part(error, "decline_code"))
        if error and intent.status == "requires_payment_method"
        else None,
        tried=Tried(payment_method=tried, charge=charge_id),
        raw_status=intent.status,
        reference=intent.metadata["order"] if intent.metadata and "order" in intent.metadata else None,
    )


def _part(error: Any, name: str) -> str | None:
    """Of an error of Stripe's, which leaves out what it has nothing to say of."""
    value = getattr(error, name, None)
    return value if isinstance(value, str) else None


def _status(intent: stripe.PaymentIntent) -> PaymentStatus:
    if intent.status in ("requires_payment_method", "requires_confirmation"):
        return PaymentStatus.DECLINED if intent.last_payment_error else PaymentStatus.OPEN
    return _STATUS[intent.status]


def _card(charge: stripe.Charge) -> Card | None:
    details = charge.payment_method_details
    card = details.card if details else None
    if card is None:
        return Card(brand=details.type, last4="", country=None, fingerprint=None, wallet=None) if details else None
    return Card(
        brand=card.brand or "card",
        last4=card.last4 or "",
        country=card.country,
        fingerprint=card.fingerprint,
        wallet=card.wallet.type if card.wallet else None,
    )
