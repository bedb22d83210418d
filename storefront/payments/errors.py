"""What is not an outcome.

PaymentError
  PaymentRefused      Stripe understood and will not: a used or unknown token, an intent in another state
  PaymentUnavailable  nothing ran: a wrong key, too many requests
  PaymentInDoubt      nobody knows whether it ran: no answer, half an answer, an error on Stripe's side
BadWebhook            a message that Stripe did not send, or not to us
"""


class PaymentError(Exception):
    """`code` is Stripe's word for it where it gave one; `request_id` is its name of the request."""

    def __init__(self, message: str, *, code: str | None = None, request_id: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.request_id = request_id


class PaymentRefused(PaymentError):
    """The request was wrong, or came at the wrong time. What became of the intent, only a retrieve tells."""


class PaymentUnavailable(PaymentError):
    """Nothing was done."""


class PaymentInDoubt(PaymentError):
    """It may have been done. Retrieve the intent; never say "not charged"."""


class BadWebhook(Exception):
    """Not Stripe's signature, not of our time, or not an event."""
