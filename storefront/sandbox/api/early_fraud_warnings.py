"""/v1/radar/early_fraud_warnings: https://docs.stripe.com/api/radar/early_fraud_warnings."""

from pyramid.config import Configurator
from stripe.params import radar

from .. import fraud_warnings
from ..call import Call
from ..errors import Json
from . import lists

NOUN, PATH = "early_fraud_warning", "/v1/radar/early_fraud_warnings"


def retrieve(call: Call) -> Json:
    """A warning."""
    return call.find(fraud_warnings.KIND, call.path["id"], NOUN, "early_fraud_warning")


def list_(call: Call) -> Json:
    """Warnings, newest first."""
    where, values = lists.equals(charge=call.params.get("charge"), payment_intent=call.params.get("payment_intent"))
    return lists.page(call, fraud_warnings.KIND, PATH, NOUN, where=where, values=values)


def includeme(config: Configurator) -> None:
    """Registers the endpoints."""
    config.add_endpoint("GET", PATH, list_, radar.EarlyFraudWarningListParams)
    config.add_endpoint("GET", f"{PATH}/{{id}}", retrieve, radar.EarlyFraudWarningRetrieveParams)
