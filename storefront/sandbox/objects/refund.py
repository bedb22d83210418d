"""Refund: https://docs.stripe.com/api/refunds/object."""

from ..errors import Json
from ..ids import new_id


def refund(charge: Json, amount: int, now: int, *, pending: bool, reason: str | None, metadata: Json) -> Json:
    """Money on its way back to the card. What is said of a failure or of the wait is left out while there is none."""
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "customer": None,
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "pending" if pending else "refund",
            },
            "type": "card",
        },
        "metadata": {name: value for name, value in metadata.items() if value},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if pending else "succeeded",
        "transfer_reversal": None,
    } | ({"pending_reason": "processing"} if pending else {})
