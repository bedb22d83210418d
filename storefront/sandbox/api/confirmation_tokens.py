"""/v1/confirmation_tokens and their test helper: https://docs.stripe.com/api/confirmation_tokens."""

from pyramid.config import Configurator
from stripe import params
from stripe.params import test_helpers

from ..call import Call
from ..errors import Json, invalid
from ..objects.confirmation_token import confirmation_token
from . import paying


def retrieve(call: Call) -> Json:
    """A token, used or not."""
    return call.find("confirmation_token", call.path["id"], "confirmation_token", "confirmation_token")


def create_for_test(call: Call) -> Json:
    """A token as the buyer's browser would make it, of a test card."""
    call.allow("payment_method", "return_url", "setup_future_usage", "shipping")
    if "payment_method" not in call.params:
        raise invalid("Missing required param: payment_method.", code="parameter_missing", param="payment_method")
    method = paying.method_of(call, call.params["payment_method"])
    made = confirmation_token(
        method["card"],
        method["billing_details"],
        call.now,
        return_url=call.params.get("return_url"),
        setup_future_usage=call.params.get("setup_future_usage"),
        shipping=call.params.get("shipping"),
    )
    hidden = call.store.hidden(method["id"])
    return call.store.insert(made, card=hidden["card"], cvc_given=hidden["cvc_given"], element={})


def includeme(config: Configurator) -> None:
    """Registers the endpoints."""
    config.add_endpoint("GET", "/v1/confirmation_tokens/{id}", retrieve, params.ConfirmationTokenRetrieveParams)
    config.add_endpoint(
        "POST", "/v1/test_helpers/confirmation_tokens", create_for_test, test_helpers.ConfirmationTokenCreateParams
    )
