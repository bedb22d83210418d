"""Stripe's exceptions -> ours (errors.py). https://docs.stripe.com/error-low-level"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe

from storefront.payments.errors import PaymentInDoubt, PaymentRefused, PaymentUnavailable
from storefront.payments.results import ChargeResult
from storefront.payments.stripe_objects import UNREADABLE, charge_result

#: One-time tokens, client secrets, keys.
_SECRET = re.compile(r"\b(ctoken|tok|src|pi_[A-Za-z0-9]+_secret|[srp]k_(?:live|test)|whsec)_\w+")


class Declined(PaymentRefused):
    """Inside this package only: a 402, which carries the intent as it is now."""

    def __init__(self, error: stripe.CardError, result: ChargeResult) -> None:
        super().__init__(_message(error), code=_code(error), request_id=error.request_id)
        self.result = result


@contextmanager
def our_errors() -> Iterator[None]:
    """Their code is read from `error.error`, since some of them have none themselves.

    They are not named as the cause: a traceback that is kept would tell what `_message` leaves out.
    """
    try:
        yield
    except stripe.CardError as error:
        raise _declined(error) from None
    except stripe.IdempotencyError as error:
        raise PaymentInDoubt(_message(error), code="idempotency_error", request_id=error.request_id) from None
    except stripe.InvalidRequestError as error:
        raise PaymentRefused(_message(error), code=_code(error), request_id=error.request_id) from None
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise PaymentUnavailable(_message(error), code=_code(error), request_id=error.request_id) from None
    except stripe.RateLimitError as error:
        # The limiter stands before everything else; a lock's time-out does not.
        kind = PaymentInDoubt if _code(error) == "lock_timeout" else PaymentUnavailable
        raise kind(_message(error), code=_code(error), request_id=error.request_id) from None
    except stripe.StripeError as error:
        raise PaymentInDoubt(_message(error), code=_code(error), request_id=error.request_id) from None
    except UNREADABLE as error:
        raise PaymentInDoubt(f"an answer that is not what it should be: {error!r}") from None


def _declined(error: stripe.CardError) -> PaymentRefused | PaymentInDoubt:
    try:
        intent: Any = getattr(error.error, "payment_intent", None)
        return Declined(error, charge_result(intent))
    except UNREADABLE:
        return PaymentInDoubt(_message(error), code=_code(error), request_id=error.request_id)


def _code(error: stripe.StripeError) -> str | None:
    return error.error.code if error.error else error.code


def _message(error: stripe.StripeError) -> str:
    """What may be logged of it: Stripe's sentence, without tokens, secrets and keys, and never a body."""
    if error.http_body and not error.json_body:  # the package's own sentence then holds the whole body
        return f"an answer that cannot be read (HTTP {error.http_status})"
    sentence = " ".join(str(error.user_message or type(error).__name__).split())
    return _SECRET.sub(r"\1_...", sentence)[:300]
