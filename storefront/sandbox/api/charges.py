"""/v1/charges: https://docs.stripe.com/api/charges. Making one is deprecated: a PaymentIntent does."""

from pyramid.config import Configurator
from stripe import params

from ..call import Call
from ..errors import Json
from . import lists


def retrieve(call: Call) -> Json:
    """A charge."""
    return call.find("charge", call.path["id"], "charge", "charge")


def list_(call: Call) -> Json:
    """Charges, newest first."""
    where, values = lists.equals(payment_intent=call.params.get("payment_intent"), customer=call.params.get("customer"))
    return lists.page(call, "charge", "/v1/charges", "charge", where=where, values=values)


def includeme(config: Configurator) -> None:
    """Registers the endpoints."""
    config.add_endpoint("GET", "/v1/charges", list_, params.ChargeListParams)
    config.add_endpoint("GET", "/v1/charges/{id}", retrieve, params.ChargeRetrieveParams)
