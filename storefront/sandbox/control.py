"""/_sandbox/...: what a test or an operator asks of the sandbox itself; not Stripe's. Takes and gives JSON.

GET  /_sandbox/health
GET  /_sandbox/ledger    every object by kind, oldest first, the requests, the saved answers, the deliveries
POST /_sandbox/reset
POST /_sandbox/faults    {"kind": one of faults.Kind, "endpoint": ".*" (a regular expression for the path),
                         "method": null (any), "count": 1, "seconds": 0}
DELETE /_sandbox/faults
POST /_sandbox/clock     {"shift": seconds}
"""

import re

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPBadRequest
from pyramid.request import Request
from pyramid.view import view_config

from . import faults
from .errors import Json
from .faults import Kind
from .service import Service

LEDGER_KINDS = ("payment_intent", "charge", "balance_transaction", "payment_method", "confirmation_token", "event")


@view_config(route_name="sandbox.health", request_method="GET", renderer="json")
def health(request: Request) -> Json:
    """Whether the sandbox answers, and its time."""
    service: Service = request.registry.sandbox
    return {"status": "ok", "time": service.clock.now(), "shift": service.clock.shift}


@view_config(route_name="sandbox.ledger", request_method="GET", renderer="json")
def ledger(request: Request) -> Json:
    """Everything that happened."""
    service: Service = request.registry.sandbox
    objects = {kind: service.store.select(kind, order="ASC") for kind in LEDGER_KINDS}
    tables = {
        "requests": "SELECT * FROM request_log ORDER BY seq",
        "deliveries": "SELECT * FROM delivery ORDER BY rowid",
        "saved_answers": "SELECT key, fingerprint, status, created FROM saved_answer ORDER BY rowid",
        "faults": "SELECT * FROM fault ORDER BY id",
    }
    return {f"{kind}s": found for kind, found in objects.items()} | {
        name: [dict(row) for row in service.store.connection.execute(sql)] for name, sql in tables.items()
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


def includeme(config: Configurator) -> None:
    """Registers the addresses."""
    for name in ("health", "ledger", "reset", "faults", "clock"):
        config.add_route(f"sandbox.{name}", f"/_sandbox/{name}")
    config.scan(__name__)
