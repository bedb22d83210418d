"""EarlyFraudWarning: https://docs.stripe.com/api/radar/early_fraud_warnings/object."""

from ..errors import Json
from ..ids import new_id


def early_fraud_warning(charge: Json, now: int, *, actionable: bool) -> Json:
    """The card's issuer takes the charge for fraud; `actionable`: a refund can still prevent a dispute."""
    return {
        "id": new_id("issfr"),
        "object": "radar.early_fraud_warning",
        "actionable": actionable,
        "charge": charge["id"],
        "created": now,
        "fraud_type": "unauthorized_use_of_card",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
