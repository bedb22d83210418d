"""Expanding ids into the objects that they name: https://docs.stripe.com/api/expanding_objects."""

from typing import Any

from .errors import Json, invalid
from .store import Store

#: the fields that hold an id which can be expanded, as far as the sandbox has the objects (or leaves them null)
EXPANDABLE = {
    "payment_intent": {
        "application",
        "customer",
        "latest_charge",
        "on_behalf_of",
        "payment_method",
        "payment_record",
        "review",
        "source",
    },
    "charge": {
        "application",
        "application_fee",
        "balance_transaction",
        "customer",
        "failure_balance_transaction",
        "on_behalf_of",
        "payment_intent",
        "review",
        "source_transfer",
        "transfer",
    },
    "balance_transaction": {"source"},
    "payment_method": {"customer"},
}
DEEPEST = 4


def expand(store: Store, body: Json, paths: list[str]) -> Json:
    """`latest_charge.balance_transaction`, or `data.latest_charge` in a list; raises StripeError on what is neither."""
    for path in paths:
        names = path.split(".")
        if len(names) > DEEPEST + (names[0] == "data"):
            raise invalid(
                f"You cannot expand more than {DEEPEST} levels of a property. Property: {path}", param="expand"
            )
        _follow(store, body, names, path)
    return body


def _follow(store: Store, node: Any, names: list[str], path: str) -> None:
    if not names or node is None:
        return
    name, rest = names[0], names[1:]
    if node.get("object") == "list" and name == "data":
        for item in node["data"]:
            _follow(store, item, rest, path)
        if not rest:
            raise _not_expandable(path)
        return
    if name not in EXPANDABLE.get(node.get("object"), ()):
        raise _not_expandable(path)
    if isinstance(node.get(name), str):
        node[name] = store.find_any(node[name])
    _follow(store, node.get(name), rest, path)


def _not_expandable(path: str) -> Exception:
    return invalid(
        f"This property cannot be expanded ({path}). You may want to try expanding a different property.",
        param="expand",
    )
