"""Lists and their pages: https://docs.stripe.com/api/pagination."""

from collections.abc import Mapping
from typing import Any

from ..call import Call
from ..errors import Json, invalid, no_such

_COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page(
    call: Call, kind: str, url: str, noun: str, *, where: str = "1", values: Mapping[str, Any] | None = None
) -> Json:
    """The page that the request asks for, newest first; `where` is SQL over object."""
    params = call.params
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        bound = "greater than or equal to 1" if limit < 1 else "less than or equal to 100"
        raise invalid(f"This value must be {bound}.", code="parameter_invalid_integer", param="limit")
    if "starting_after" in params and "ending_before" in params:
        raise invalid(
            "You can only specify one of these parameters: starting_after, ending_before.", param="ending_before"
        )
    conditions, filled = [where], dict(values or {})
    _created(params.get("created"), conditions, filled)
    backwards = "ending_before" in params
    cursor = params.get("ending_before") or params.get("starting_after")
    if cursor is not None:
        filled["cursor"] = call.store.position(kind, cursor)
        if filled["cursor"] is None:
            raise no_such(noun, cursor, "ending_before" if backwards else "starting_after")
        conditions.append(f"seq {'>' if backwards else '<'} :cursor")
    found = call.store.select(
        kind, " AND ".join(conditions), filled, order="ASC" if backwards else "DESC", limit=limit + 1
    )
    data = found[:limit]
    return {"object": "list", "data": data[::-1] if backwards else data, "has_more": len(found) > limit, "url": url}


def _created(created: int | dict[str, int] | None, conditions: list[str], values: dict[str, Any]) -> None:
    if isinstance(created, int):
        conditions.append("created = :created")
        values["created"] = created
    for name, moment in created.items() if isinstance(created, dict) else ():
        conditions.append(f"created {_COMPARISONS[name]} :created_{name}")
        values[f"created_{name}"] = moment


def equals(**fields: str | None) -> tuple[str, dict[str, str]]:
    """SQL for "each field that was asked for has that value", and its values."""
    asked = {name: value for name, value in fields.items() if value is not None}
    return " AND ".join(["1", *(f"json_extract(body, '$.{name}') = :{name}" for name in asked)]), asked


def merged(metadata: Json, given: Json | str) -> Json:
    """Metadata after an update: an empty value takes a name away, an empty hash takes all."""
    if not isinstance(given, dict):
        return {}
    return {name: value for name, value in (metadata | given).items() if value}
