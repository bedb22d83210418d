"""ConfirmationToken: https://docs.stripe.com/api/confirmation_tokens/object."""

from ..errors import Json
from ..ids import new_id

LIFETIME = 12 * 60 * 60


def confirmation_token(
    card: Json,
    billing: Json,
    now: int,
    *,
    return_url: str | None = None,
    setup_future_usage: str | None = None,
    shipping: Json | None = None,
) -> Json:
    """What the buyer's browser made of the form; it can be used once."""
    return {
        "id": new_id("ctoken"),
        "object": "confirmation_token",
        "created": now,
        "expires_at": now + LIFETIME,
        "livemode": False,
        "mandate_data": None,
        "payment_intent": None,
        "payment_method_options": {"card": {"cvc_token": None}},
        "payment_method_preview": {
            "allow_redisplay": "unspecified",
            "billing_details": billing,
            "card": card,
            "customer": None,
            "customer_account": None,
            "type": "card",
        },
        "return_url": return_url,
        "setup_future_usage": setup_future_usage,
        "setup_intent": None,
        "shipping": shipping,
        "use_stripe_sdk": True,
    }
