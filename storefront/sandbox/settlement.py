"""When a charge reaches the books: https://docs.stripe.com/payments/payment-intents/asynchronous-capture.

With capture_method `automatic_async`, Stripe's default, the answer that says "succeeded" has no balance transaction
yet; it arrives a moment later, with charge.updated.
"""

from dataclasses import replace

from .call import Call
from .errors import Json
from .objects.balance_transaction import of_charge


def schedule(call: Call, charge: Json, *, at_once: bool) -> None:
    """Have the charge booked: now, or when the settings say."""
    if at_once:
        _book(call, charge)
    else:
        call.store.connection.execute(
            "INSERT INTO settlement VALUES (?, ?)", (charge["id"], call.now + call.settings.settlement_delay)
        )


def settle_due(call: Call) -> None:
    """Book every charge whose time has come, in a transaction of its own."""
    due = "SELECT charge FROM settlement WHERE due <= ? ORDER BY due, rowid"
    if not call.store.connection.execute(due, (call.now,)).fetchone():
        return  # without waiting for whoever is writing
    call = replace(call, request_id=None, idempotency_key=None)  # no request causes it
    with call.store.transaction():
        for row in call.store.connection.execute(due, (call.now,)).fetchall():
            charge = call.find("charge", row["charge"], "charge")
            _book(call, charge)
            call.emit("charge.updated", charge, previous={"balance_transaction": None})
            call.store.connection.execute("DELETE FROM settlement WHERE charge = ?", (charge["id"],))


def _book(call: Call, charge: Json) -> None:
    entry = call.store.insert(of_charge(charge, call.now))
    charge["balance_transaction"] = entry["id"]
    call.store.update(charge)
