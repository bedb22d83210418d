"""/_sandbox/...: what a test or an operator asks of the sandbox itself; not Stripe's. Takes and gives JSON.

GET  /_sandbox/health
GET  /_sandbox/ledger    every object by kind, oldest first, the balance, requests, saved answers, deliveries
POST /_sandbox/reset
POST /_sandbox/faults    {"kind": one of faults.Kind, "endpoint": ".*" (a regular expression for the path),
                         "method": null (any), "count": 1, "seconds": 0}
DELETE /_sandbox/faults
POST /_sandbox/clock     {"shift": seconds}
POST /_sandbox/disputes        {"charge": "ch_...", "kind": one of cards.DisputeKind}: the buyer goes to the bank, now
POST /_sandbox/fraud_warnings  {"charge": "ch_..."}: the issuer warns of the charge, now
"""

import re
from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPBadRequest
from pyramid.request import Request
from pyramid.view import view_config

from . import books, disputes, faults, fraud_warnings
from .call import Call
from .cards import DisputeKind
from .errors import Json
from .faults import Kind
from .service import Service

LEDGER_KINDS = (
    "payment_intent",
    "charge",
    "refund",
    "dispute",
    "radar.early_fraud_warning",
    "balance_transaction",
    "payment_method",
    "confirmation_token",
    "event",
    "webhook_endpoint",
)


@view_config(route_name="sandbox.health", request_method="GET", renderer="json")
def health(request: Request) -> Json:
    """Whether the sandbox answers, and its time."""
    service: Service = request.registry.sandbox
    return {"status": "ok", "time": service.clock.now(), "shift": service.clock.shift}


@view_config(route_name="sandbox.ledger", request_method="GET", renderer="json")
def ledger(request: Request) -> Json:
    """Everything that happened, and what is on the account."""
    service: Service = request.registry.sandbox
    objects = {kind.rpartition(".")[2]: service.store.select(kind, order="ASC") for kind in LEDGER_KINDS}
    tables = {
        "requests": "SELECT * FROM request_log ORDER BY seq",
        "deliveries": "SELECT * FROM delivery ORDER BY rowid",
        "saved_answers": "SELECT key, fingerprint, status, created FROM saved_answer ORDER BY rowid",
        "faults": "SELECT * FROM fault ORDER BY id",
    }
    return {
        **{f"{kind}s": found for kind, found in objects.items()},
        **{name: [dict(row) for row in service.store.connection.execute(sql)] for name, sql in tables.items()},
        "balance": books.balance(service.store),
    }


@view_config(route_name="sandbox.reset", request_method="POST", renderer="json")
def reset(request: Request) -> Json:
    """Forget everything."""
    request.registry.sandbox.reset()
    return health(request)


@view_config(route_name="sandbox.faults", request_method="POST", renderer="json")
def order_fault(request: Request) -> Json:
    """Have something go wrong."""
    wish = request.json_body
    try:
        faults.order(
            request.registry.sandbox.store,
            kind=Kind(str(wish["kind"])),
            endpoint=wish.get("endpoint", ".*"),
            method=wish.get("method"),
            count=int(wish.get("count", 1)),
            seconds=float(wish.get("seconds", 0)),
        )
    except (KeyError, ValueError, re.error) as error:
        raise HTTPBadRequest(f"kind is one of {', '.join(Kind)}: {error}") from error
    return {"ordered": wish}


@view_config(route_name="sandbox.faults", request_method="DELETE", renderer="json")
def forget_faults(request: Request) -> Json:
    """Take back what has not gone wrong yet."""
    faults.forget(request.registry.sandbox.store)
    return {"ordered": None}


@view_config(route_name="sandbox.clock", request_method="POST", renderer="json")
def shift_clock(request: Request) -> Json:
    """Move the clock."""
    request.registry.sandbox.shift_clock(float(request.json_body["shift"]))
    return health(request)


@view_config(route_name="sandbox.disputes", request_method="POST", renderer="json")
def open_dispute(request: Request) -> list[Json]:
    """Any paid charge can be disputed at any time; Stripe's API has no call for what a bank does."""
    try:
        kind = DisputeKind(request.json_body.get("kind", DisputeKind.FRAUDULENT))
    except ValueError as error:
        raise HTTPBadRequest(f"kind is one of {', '.join(DisputeKind)}") from error
    return _of_charge(request, lambda call, charge: disputes.begin(call, charge, kind))


@view_config(route_name="sandbox.fraud_warnings", request_method="POST", renderer="json")
def warn_of_fraud(request: Request) -> Json:
    """Any charge can be taken for fraud."""
    return _of_charge(request, fraud_warnings.warn)


def _of_charge(request: Request, act: Callable[[Call, Json], Any]) -> Any:
    service: Service = request.registry.sandbox
    with service.store.transaction():
        call = service.call(request.host_url)
        charge = service.store.find("charge", str(request.json_body.get("charge")))
        if charge is None or not charge["paid"]:
            raise HTTPBadRequest("there is no such paid charge")
        made = act(call, charge)
    service.wake.set()
    return made


def includeme(config: Configurator) -> None:
    """Registers the addresses."""
    for name in ("health", "ledger", "reset", "faults", "clock", "disputes", "fraud_warnings"):
        config.add_route(f"sandbox.{name}", f"/_sandbox/{name}")
    config.scan(__name__)
