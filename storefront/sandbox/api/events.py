"""/v1/events, of the last 30 days: https://docs.stripe.com/api/events."""

from typing import Any

from pyramid.config import Configurator
from stripe import params

from ..call import Call
from ..errors import Json, invalid, no_such
from . import lists

KEPT = 30 * 24 * 60 * 60
MOST_TYPES = 20


def retrieve(call: Call) -> Json:
    """An event."""
    found = call.find("event", call.path["id"], "event")
    if found["created"] < call.now - KEPT:
        raise no_such("event", found["id"])
    return found


def list_(call: Call) -> Json:
    """Events, newest first; `delivery_success=false` are those that no webhook took yet."""
    if "type" in call.params and "types" in call.params:
        raise invalid("You may pass either `type` or `types`, but not both.", param="types")
    patterns = call.params.get("types", [call.params["type"]] if "type" in call.params else [])
    if len(patterns) > MOST_TYPES:
        raise invalid(f"You can pass at most {MOST_TYPES} types.", param="types")
    conditions, values = ["created >= :oldest"], {"oldest": call.now - KEPT}
    conditions.append(_any_of(patterns, values))
    if "delivery_success" in call.params:
        waiting = "EXISTS (SELECT 1 FROM delivery WHERE event = object.id AND NOT delivered)"
        conditions.append(f"NOT {waiting}" if call.params["delivery_success"] else waiting)
    return lists.page(call, "event", "/v1/events", "event", where=" AND ".join(conditions), values=values)


def _any_of(patterns: list[str], values: dict[str, Any]) -> str:
    """SQL for "the type is one of these", where `charge.*` is every type of that beginning."""
    values |= {f"type_{n}": pattern for n, pattern in enumerate(patterns)}
    alternatives = [f"json_extract(body, '$.type') GLOB :type_{n}" for n in range(len(patterns))]
    return f"({' OR '.join(alternatives)})" if alternatives else "1"


def includeme(config: Configurator) -> None:
    """Registers the endpoints."""
    config.add_endpoint("GET", "/v1/events", list_, params.EventListParams)
    config.add_endpoint("GET", "/v1/events/{id}", retrieve, params.EventRetrieveParams)
