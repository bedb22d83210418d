"""/v1/payment_methods: https://docs.stripe.com/api/payment_methods."""

from pyramid.config import Configurator
from stripe import params

from .. import cards
from ..call import Call
from ..errors import Json, StripeError, invalid, no_such
from . import paying


def create(call: Call) -> Json:
    """A PaymentMethod of a test token (tok_visa and its kind); card numbers are refused, as Stripe does."""
    call.allow("type", "card", "billing_details", "metadata")
    card = call.params.get("card", {})
    if call.params.get("type") != "card":
        raise invalid(
            "Missing required param: type." if "type" not in call.params else "The sandbox has cards only.",
            code=None if "type" in call.params else "parameter_missing",
            param="type",
        )
    if "number" in card:
        raise StripeError(
            402,
            "card_error",
            "Sending credit card numbers directly to the Stripe API is generally unsafe. To "
            "continue processing use Stripe.js, the Stripe mobile bindings, or Stripe Elements.",
        )
    if "token" not in card:
        raise invalid("Missing required param: card[token].", code="parameter_missing", param="card[token]")
    named = cards.named(card["token"]) if card["token"].startswith("tok_") else None
    if named is None:
        raise no_such("token", card["token"], "card[token]")
    metadata = {name: value for name, value in call.params.get("metadata", {}).items() if value}
    return paying.method_of_card(call, named, call.params.get("billing_details"), metadata)


def retrieve(call: Call) -> Json:
    """A PaymentMethod."""
    return call.find("payment_method", call.path["id"], "PaymentMethod", "payment_method")


def includeme(config: Configurator) -> None:
    """Registers the endpoints."""
    config.add_endpoint("POST", "/v1/payment_methods", create, params.PaymentMethodCreateParams)
    config.add_endpoint("GET", "/v1/payment_methods/{id}", retrieve, params.PaymentMethodRetrieveParams)
