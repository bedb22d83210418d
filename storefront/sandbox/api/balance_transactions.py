"""/v1/balance_transactions: https://docs.stripe.com/api/balance_transactions."""

from pyramid.config import Configurator
from stripe import params

from ..call import Call
from ..errors import Json, no_such
from . import lists

NOUN = "balance transaction"


def retrieve(call: Call) -> Json:
    """A line of the books."""
    return call.find("balance_transaction", call.path["id"], NOUN)


def list_(call: Call) -> Json:
    """The books, newest first."""
    if "payout" in call.params:  # the sandbox pays nothing out
        raise no_such("payout", call.params["payout"], "payout")
    asked = {name: call.params.get(name) for name in ("source", "type", "currency")}
    where, values = lists.equals(**asked)
    return lists.page(call, "balance_transaction", "/v1/balance_transactions", NOUN, where=where, values=values)


def includeme(config: Configurator) -> None:
    """Registers the endpoints."""
    config.add_endpoint("GET", "/v1/balance_transactions", list_, params.BalanceTransactionListParams)
    config.add_endpoint("GET", "/v1/balance_transactions/{id}", retrieve, params.BalanceTransactionRetrieveParams)
