"""What of an error of Stripe's may stand in a log or in a row."""

import traceback

import pytest
import stripe

from storefront.payments.errors import PaymentError, PaymentInDoubt, PaymentRefused
from storefront.payments.stripe_errors import our_errors


def message_of(error: stripe.StripeError) -> str:
    with pytest.raises(PaymentError) as ours, our_errors():
        raise error
    return str(ours.value)


@pytest.mark.parametrize(
    ("sentence", "logged"),
    [
        ("No such confirmation token: 'ctoken_1AbCdEfGh'", "No such confirmation token: 'ctoken_...'"),
        ("Not more than once: tok_1AbC.", "Not more than once: tok_..."),
        ("Invalid client secret pi_3Ab_secret_Xy9", "Invalid client secret pi_3Ab_secret_..."),
        ("Invalid API Key provided: sk_live_4eC39HqLyjWD", "Invalid API Key provided: sk_live_..."),
        ("The PaymentIntent pi_3Ab is succeeded.", "The PaymentIntent pi_3Ab is succeeded."),
    ],
)  # fmt: skip
def test_no_token_and_no_key(sentence: str, logged: str) -> None:
    error = stripe.InvalidRequestError(sentence, None, json_body={"error": {"message": sentence}}, http_body="{}")
    assert message_of(error).rstrip(".") == logged.rstrip(".")


def test_no_body_that_could_not_be_read() -> None:
    """Stripe's package puts it into its own sentence, client secret and all."""
    body = '{"id": "pi_3Ab", "client_secret": "pi_3Ab_secret_Xy9", "amou'
    text = message_of(stripe.APIError(f"Invalid response body from API: {body}", http_body=body, http_status=200))
    assert text == "an answer that cannot be read (HTTP 200)"


def test_nor_in_a_traceback() -> None:
    error = stripe.APIError("Invalid response body: pi_3Ab_secret_Xy9", http_body="{", http_status=200)
    with pytest.raises(PaymentInDoubt) as ours, our_errors():
        raise error
    assert "Xy9" not in "".join(traceback.format_exception(ours.value))


def test_a_refusal_stays_a_refusal() -> None:
    with pytest.raises(PaymentRefused), our_errors():
        raise stripe.InvalidRequestError("No", None)
    with pytest.raises(PaymentInDoubt), our_errors():
        raise stripe.APIConnectionError("Network")
