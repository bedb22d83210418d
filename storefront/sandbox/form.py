"""Stripe's form encoding: `card[token]=tok_visa&expand[]=customer` -> nested dicts of strings.

Arrays arrive as dicts keyed by position; parameters.py turns them into lists where the contract has one.
"""

import re
import urllib.parse
from typing import Any

from .errors import invalid

_KEY = re.compile(r"\[([^\]]*)\]")


def parse(text: str) -> dict[str, Any]:
    """Raises StripeError on a name that is both a value and a hash."""
    root: dict[str, Any] = {}
    for name, value in urllib.parse.parse_qsl(text, keep_blank_values=True):
        head = name.split("[", 1)[0]
        path = [head, *_KEY.findall(name[len(head) :])]
        node = root
        for part in path[:-1]:
            node = node.setdefault(part or str(len(node)), {})
            if not isinstance(node, dict):
                raise invalid(f"Invalid hash: {name}", param=name)
        node[path[-1] or str(len(node))] = value
    return root
