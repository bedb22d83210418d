"""What some test cards do after the payment: https://docs.stripe.com/testing#disputes."""

from . import disputes, fraud_warnings, schedule
from .call import Call
from .cards import Card
from .errors import Json


def begin(call: Call, charge: Json, card: Card) -> None:
    """Have the bank hear of it, a moment after the charge."""
    if card.fraud_warning:
        schedule.later(call, fraud_warnings.WARN, charge["id"], call.settings.dispute_delay)
    if card.dispute is not None:
        schedule.later(call, disputes.OPEN, charge["id"], call.settings.dispute_delay)
