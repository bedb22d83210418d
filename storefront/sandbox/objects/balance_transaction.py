"""BalanceTransaction: https://docs.stripe.com/api/balance_transactions/object."""

from ..errors import Json
from ..ids import new_id

#: Stripe's standard price in the United States, 2.9 % + 30 cents: https://stripe.com/pricing
FEE_PERCENT_TENTHS, FEE_FIXED = 29, 30
PAYOUT_DELAY = 2 * 24 * 60 * 60


def of_charge(charge: Json, now: int) -> Json:
    """The line in the books of a charge that succeeded."""
    fee = stripe_fee(charge["amount"])
    return {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": charge["amount"],
        "available_on": now + PAYOUT_DELAY,
        "balance_type": "payments",
        "created": now,
        "currency": charge["currency"],
        "description": charge["description"],
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [
            {
                "amount": fee,
                "application": None,
                "currency": charge["currency"],
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ],
        "net": charge["amount"] - fee,
        "reporting_category": "charge",
        "source": charge["id"],
        "status": "pending",
        "type": "charge",
    }


def stripe_fee(amount: int) -> int:
    """In the amount's units, rounded half up, and never more than the amount."""
    return min(amount, (amount * FEE_PERCENT_TENTHS + 500) // 1000 + FEE_FIXED)
