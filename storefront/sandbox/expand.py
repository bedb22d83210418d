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
        "refunds",
        "review",
        "source_transfer",
        "transfer",
    },
    "balance_transaction": {"source"},
    "payment_method": {"customer"},
    "refund": {
        "balance_transaction",
        "charge",
        "customer",
        "failure_balance_transaction",
        "payment_intent",
        "payment_method",
        "source_transfer_reversal",
        "transfer_reversal",
    },
    "dispute": {"balance_transactions", "charge", "payment_intent"},
    "radar.early_fraud_warning": {"charge", "payment_intent"},
}
DEEPEST = 4
#: how many of an inner list are shown
INLINE = 10


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
    if name == "refunds":
        node[name] = _refunds(store, node)
    elif isinstance(node.get(name), str):
        node[name] = store.find_any(node[name])
    for item in node[name] if isinstance(node.get(name), list) else [node.get(name)]:
        _follow(store, item, rest, path)


def _refunds(store: Store, charge: Json) -> Json:
    """The newest of a charge's refunds, which it shows only when they are asked for."""
    found = store.of_charge("refund", charge["id"])[::-1]
    return {
        "object": "list",
        "data": found[:INLINE],
        "has_more": len(found) > INLINE,
        "url": f"/v1/charges/{charge['id']}/refunds",
    }


def _not_expandable(path: str) -> Exception:
    return invalid(
        f"This property cannot be expanded ({path}). You may want to try expanding a different property.",
        param="expand",
    )
