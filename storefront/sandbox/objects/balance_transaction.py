"""BalanceTransaction: https://docs.stripe.com/api/balance_transactions/object."""

from ..errors import Json
from ..ids import new_id

#: how long money is on its way: https://docs.stripe.com/payouts#standard-payout-timing
PENDING_FOR = 2 * 24 * 60 * 60


def balance_transaction(
    kind: str,
    amount: int,
    *,
    source: Json,
    now: int,
    available_on: int,
    description: str | None,
    fee: int = 0,
    fee_description: str | None = None,
    reporting_category: str | None = None,
) -> Json:
    """A line in the books: `amount` of the source's currency came (or went, if it is negative), less `fee`."""
    details = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": fee_description,
        "type": "stripe_fee",
    }
    return {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": available_on,
        "balance_type": "payments",
        "created": now,
        "currency": source["currency"],
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [details] if fee else [],
        "net": amount - fee,
        "reporting_category": reporting_category or kind,
        "source": source["id"],
        "status": "pending" if available_on > now else "available",
        "type": kind,
    }
