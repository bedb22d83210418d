"""The account's books: each movement of money is a balance transaction, which becomes available some time later.

https://docs.stripe.com/reports/balance-transaction-types
"""

from . import schedule
from .call import Call
from .errors import Json
from .objects.balance import balance as new_balance
from .objects.balance_transaction import PENDING_FOR, balance_transaction
from .store import Store

_AVAILABLE = "make a balance transaction available"


def book_charge(call: Call, charge: Json, *, at_once: bool) -> Json:
    """What the buyer paid, less Stripe's fee; `at_once` it is available, else two days later."""
    fee = stripe_fee(charge["amount"])
    return _post(
        call,
        balance_transaction(
            "charge",
            charge["amount"],
            source=charge,
            now=call.now,
            available_on=call.now + (0 if at_once else PENDING_FOR),
            fee=fee,
            fee_description="Stripe processing fees",
            description=charge["description"],
        ),
    )


def book_refund(call: Call, refund: Json, charge: Json) -> Json:
    """What goes back to the buyer; the fee does not come back. Not available before the charge was."""
    paid = call.find("balance_transaction", charge["balance_transaction"], "balance transaction")
    text = charge["description"]
    return _post(
        call,
        balance_transaction(
            "refund",
            -refund["amount"],
            source=refund,
            now=call.now,
            available_on=max(call.now, paid["available_on"]),
            description=f"REFUND FOR CHARGE ({text})" if text else "REFUND FOR CHARGE",
        ),
    )


def book_refund_failure(call: Call, refund: Json) -> Json:
    """What came back, since the buyer's bank did not take it."""
    return _post(
        call,
        balance_transaction(
            "refund_failure",
            refund["amount"],
            source=refund,
            now=call.now,
            available_on=call.now,
            description="REFUND FAILURE",
        ),
    )


def book_dispute(call: Call, dispute: Json, *, reversal: bool = False) -> Json:
    """What the buyer's bank takes back, and the fee of the dispute; with `reversal` both are given again."""
    sign = 1 if reversal else -1
    return _post(
        call,
        balance_transaction(
            "adjustment",
            sign * dispute["amount"],
            source=dispute,
            now=call.now,
            available_on=call.now,
            fee=-sign * DISPUTE_FEE,
            fee_description="Dispute fee",
            reporting_category="dispute_reversal" if reversal else "dispute",
            description=f"Chargeback {'reversal' if reversal else 'withdrawal'} for {dispute['charge']}",
        ),
    )


#: Stripe's standard price in the United States, 2.9 % + 30 cents: https://stripe.com/pricing
FEE_PERCENT_TENTHS, FEE_FIXED = 29, 30
#: in the amount's units, whatever the currency
DISPUTE_FEE = 1500


def stripe_fee(amount: int) -> int:
    """In the amount's units, rounded half up, and never more than the amount."""
    return min(amount, (amount * FEE_PERCENT_TENTHS + 500) // 1000 + FEE_FIXED)


def _post(call: Call, entry: Json) -> Json:
    call.store.insert(entry)
    if entry["status"] == "pending":
        schedule.later(call, _AVAILABLE, entry["id"], entry["available_on"] - call.now)
    return entry


def balance(store: Store) -> Json:
    """What is on the account: the sum of all balance transactions in each currency, available and pending."""
    sums: dict[str, dict[str, int]] = {"available": {}, "pending": {}}
    for entry in store.select("balance_transaction"):
        part = sums[entry["status"]]
        part[entry["currency"]] = part.get(entry["currency"], 0) + entry["net"]
    return new_balance(sums["available"], sums["pending"])


@schedule.task(_AVAILABLE)
def _make_available(call: Call, entry_id: str) -> None:
    entry = call.find("balance_transaction", entry_id, "balance transaction")
    call.store.update(entry | {"status": "available"})
