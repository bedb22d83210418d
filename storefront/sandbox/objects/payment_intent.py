"""PaymentIntent: https://docs.stripe.com/api/payment_intents/object."""

from ..errors import Json
from ..ids import new_id, random_text

#: the kinds of payment that this account has switched on
ENABLED_TYPES = ("card", "link")
#: what a page may see with the publishable key and the client secret
PUBLIC_FIELDS = (
    "id",
    "object",
    "amount",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "capture_method",
    "client_secret",
    "confirmation_method",
    "created",
    "currency",
    "description",
    "last_payment_error",
    "livemode",
    "next_action",
    "payment_method",
    "payment_method_types",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "status",
)


def payment_intent(params: Json, now: int) -> Json:
    """A new intent, of checked parameters, that nobody has tried to pay."""
    intent_id = new_id("pi")
    allowed = params.get("allowed_payment_method_types")
    automatic = params.get("automatic_payment_methods")
    if automatic is None and allowed is None:
        automatic = {"enabled": True}
    if automatic is not None:
        automatic = {"allow_redirects": "always"} | automatic
    types = [name for name in ENABLED_TYPES if allowed is None or name in allowed]
    return {
        "id": intent_id,
        "object": "payment_intent",
        "allowed_payment_method_types": allowed,
        "amount": params["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": automatic,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": params.get("capture_method", "automatic_async"),
        "client_secret": f"{intent_id}_secret_{random_text(25)}",
        "confirmation_method": params.get("confirmation_method", "automatic"),
        "created": now,
        "currency": params["currency"].lower(),
        "customer": None,
        "customer_account": None,
        "description": params.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {name: value for name, value in params.get("metadata", {}).items() if value},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            name: CARD_OPTIONS if name == "card" else {"persistent_token": None} for name in types
        },
        "payment_method_types": types,
        "processing": None,
        "receipt_email": params.get("receipt_email"),
        "review": None,
        "setup_future_usage": params.get("setup_future_usage"),
        "shipping": params.get("shipping"),
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": params.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": params.get("transfer_group"),
    }


CARD_OPTIONS: Json = {
    "installments": None,
    "mandate_options": None,
    "network": None,
    "request_three_d_secure": "automatic",
}
