"""When a charge reaches the books: https://docs.stripe.com/payments/payment-intents/asynchronous-capture.

With capture_method `automatic_async`, Stripe's default, the answer that says "succeeded" has no balance transaction
yet; it arrives a moment later, with charge.updated.
"""

from . import books, schedule
from .call import Call
from .errors import Json

_SETTLE = "settle a charge"


def begin(call: Call, charge: Json, *, at_once: bool) -> None:
    """Have the charge booked: now, or when the settings say."""
    if at_once:
        _book(call, charge)
    else:
        schedule.later(call, _SETTLE, charge["id"], call.settings.settlement_delay)


def finish(call: Call, charge: Json) -> None:
    """Book the charge now, if it is not; `charge` is changed."""
    if charge["balance_transaction"] is None:
        _book(call, charge)
        call.emit("charge.updated", charge, previous={"balance_transaction": None})


@schedule.task(_SETTLE)
def _settle(call: Call, charge_id: str) -> None:
    finish(call, call.find("charge", charge_id, "charge"))


def _book(call: Call, charge: Json) -> None:
    at_once = call.card_of(charge["payment_method"]).bypasses_pending
    charge["balance_transaction"] = books.book_charge(call, charge, at_once=at_once)["id"]
    call.store.update(charge)
