"""The states of a purchase as a picture, drawn from the code's own table of transitions.

`python -m tests.support.states` prints it, for docs/payments.md.
"""

from storefront.models import PurchaseState
from storefront.services.store.transitions import TRANSITIONS

#: Lines that a table of transitions does not have.
_BEGINNING, _END = PurchaseState.CREATED, PurchaseState.PAID


def diagram() -> str:
    """A Mermaid state diagram: https://mermaid.js.org/syntax/stateDiagram.html"""
    order = list(PurchaseState)
    lines = [f"    [*] --> {_BEGINNING}"]
    for state in order:
        lines += [f"    {state} --> {to}" for to in order if to in TRANSITIONS[state]]
    lines.append(f"    {_END} --> [*]")
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


if __name__ == "__main__":
    print(diagram())
