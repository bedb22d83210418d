"""/v1/charges: https://docs.stripe.com/api/charges. Making one is deprecated: a PaymentIntent does."""

from pyramid.config import Configurator
from stripe import params

from ..call import Call
from ..errors import Json
from . import lists


def retrieve(call: Call) -> Json:
    """A charge."""
    return call.find("charge", call.path["id"], "charge", "charge")


def update(call: Call) -> Json:
    """What is written about a charge, which moves no money."""
    call.allow("description", "fraud_details", "metadata", "receipt_email", "transfer_group")
    charge = call.find("charge", call.path["id"], "charge", "charge")
    changed = {name: value or None for name, value in call.params.items() if name in charge} | {
        "metadata": lists.merged(charge["metadata"], call.params.get("metadata", {})),
        "fraud_details": charge["fraud_details"] | call.params.get("fraud_details", {}),
    }
    previous = {name: charge[name] for name, value in changed.items() if charge[name] != value}
    charge |= changed
    call.store.update(charge)
    call.emit("charge.updated", charge, previous=previous)
    return charge


def list_(call: Call) -> Json:
    """Charges, newest first."""
    where, values = lists.equals(payment_intent=call.params.get("payment_intent"), customer=call.params.get("customer"))
    return lists.page(call, "charge", "/v1/charges", "charge", where=where, values=values)


def includeme(config: Configurator) -> None:
    """Registers the endpoints."""
    config.add_endpoint("GET", "/v1/charges", list_, params.ChargeListParams)
    config.add_endpoint("GET", "/v1/charges/{id}", retrieve, params.ChargeRetrieveParams)
    config.add_endpoint("POST", "/v1/charges/{id}", update, params.ChargeUpdateParams)
