"""Stripe's errors, in its words and its shape.

StripeError            status, type, code, message, param ... of https://docs.stripe.com/api/errors
└─ CardError           402: the card was refused; what the attempt left behind is kept
ConnectionDropped      not an answer at all: the connection ends here (a fault on demand)
"""

from typing import Any

Json = dict[str, Any]


class StripeError(Exception):
    """An answer other than 200. `details` are further fields of the error object."""

    #: whether the request's changes are committed in spite of the error
    keeps_changes = False

    def __init__(
        self, status: int, kind: str, message: str, *, code: str | None = None, param: str | None = None, **details: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.fields: Json = {"type": kind, "message": message}
        if code:
            self.fields |= {"code": code, "doc_url": doc_url(code)}
        if param:
            self.fields["param"] = param
        self.fields |= {name: value for name, value in details.items() if value is not None}

    def body(self, request_id: str) -> Json:
        """The JSON document of the answer."""
        log = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return {"error": self.fields | {"request_log_url": log}}


class CardError(StripeError):
    """402, with the intent as the attempt left it."""

    keeps_changes = True

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(402, "card_error", message, **details)


class ConnectionDropped(ConnectionError):
    """The server closes the connection without an answer.

    waitress takes an OSError of the application for a client that went away: it writes nothing and closes.
    """


def doc_url(code: str) -> str:
    """Where Stripe explains a code."""
    return f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"


def invalid(
    message: str, *, code: str | None = None, param: str | None = None, status: int = 400, **details: Any
) -> StripeError:
    """A request that Stripe does not take."""
    return StripeError(status, "invalid_request_error", message, code=code, param=param, **details)


def no_such(noun: str, object_id: str, param: str = "id") -> StripeError:
    """404: the id names nothing."""
    return invalid(f"No such {noun}: '{object_id}'", code="resource_missing", param=param, status=404)


def unexpected_state(message: str, intent: Json) -> StripeError:
    """400: the intent is past what was asked of it."""
    return invalid(message, code="payment_intent_unexpected_state", payment_intent=intent)


def rate_limited() -> StripeError:
    """429: refused by the limiter, before anything ran."""
    return StripeError(
        429,
        "invalid_request_error",
        "Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.",
        code="rate_limit",
    )


def locked() -> StripeError:
    """429: another request holds the object."""
    return StripeError(
        429,
        "invalid_request_error",
        "This object cannot be accessed right now because another API "
        "request or Stripe process is currently accessing it. If you see this error intermittently, "
        "retry the request.",
        code="lock_timeout",
    )


def server_error() -> StripeError:
    """500: Stripe's own failure."""
    return StripeError(500, "api_error", "An unknown error occurred. We have been notified.")
