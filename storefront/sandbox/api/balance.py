"""/v1/balance: https://docs.stripe.com/api/balance."""

from pyramid.config import Configurator
from stripe import params

from .. import books
from ..call import Call
from ..errors import Json


def retrieve(call: Call) -> Json:
    """What is on the account: the sum of all balance transactions."""
    return books.balance(call.store)


def includeme(config: Configurator) -> None:
    """Registers the endpoint."""
    config.add_endpoint("GET", "/v1/balance", retrieve, params.BalanceRetrieveParams)
