"""How money goes back: https://docs.stripe.com/refunds.

    pending ──> succeeded ──> failed        most cards: succeeded at once, for good

A refund counts in the charge's amount_refunded from its creation until it fails; it is booked when it has succeeded.
"""

from . import books, schedule, settlement
from .call import Call
from .cards import RefundCourse
from .errors import Json
from .objects.refund import refund as new_refund

_ARRIVE, _BOUNCE = "a pending refund succeeds", "a refund fails"


def create(call: Call, charge: Json, amount: int, *, reason: str | None, metadata: Json) -> Json:
    """Give back `amount` of a charge that has so much left; `charge` is changed."""
    settlement.finish(call, charge)
    course = call.card_of(charge["payment_method"]).refund
    pending = course is RefundCourse.PENDING
    refund = call.store.insert(new_refund(charge, amount, call.now, pending=pending, reason=reason, metadata=metadata))
    if not pending:
        _book(call, refund, charge)
    previous = _count(call, charge, amount)
    call.emit("refund.created", refund)
    call.emit("charge.refunded", charge, previous=previous)
    if course is not RefundCourse.AT_ONCE:
        schedule.later(call, _ARRIVE if pending else _BOUNCE, refund["id"], call.settings.refund_delay)
    return refund


def fail(call: Call, refund: Json, reason: str) -> None:
    """The money did not arrive: it is the shop's again, and the charge has so much more left."""
    charge = call.find("charge", refund["charge"], "charge")
    previous = {"status": refund["status"], "failure_reason": None, "failure_balance_transaction": None}
    if refund["balance_transaction"] is not None:
        refund["failure_balance_transaction"] = books.book_refund_failure(call, refund)["id"]
    refund.pop("pending_reason", None)
    refund |= {"status": "failed", "failure_reason": reason}
    call.store.update(refund)
    _count(call, charge, -refund["amount"])
    tell_updated(call, refund, previous)
    call.emit("refund.failed", refund)


def tell_updated(call: Call, refund: Json, previous: Json) -> None:
    """A refund of a card has two names for that."""
    call.emit("refund.updated", refund, previous=previous)
    call.emit("charge.refund.updated", refund, previous=previous)


@schedule.task(_ARRIVE)
def _arrive(call: Call, refund_id: str) -> None:
    refund = call.find("refund", refund_id, "refund")
    if refund["status"] != "pending":
        return
    previous = {"status": "pending", "pending_reason": refund.pop("pending_reason"), "balance_transaction": None}
    refund["status"] = "succeeded"
    refund["destination_details"]["card"]["type"] = "refund"
    _book(call, refund, call.find("charge", refund["charge"], "charge"))
    tell_updated(call, refund, previous)


@schedule.task(_BOUNCE)
def _bounce(call: Call, refund_id: str) -> None:
    fail(call, call.find("refund", refund_id, "refund"), "expired_or_canceled_card")


def _book(call: Call, refund: Json, charge: Json) -> None:
    refund["balance_transaction"] = books.book_refund(call, refund, charge)["id"]
    call.store.update(refund)


def _count(call: Call, charge: Json, amount: int) -> Json:
    """Adds to what the charge has given back -> what it said before."""
    previous = {"amount_refunded": charge["amount_refunded"]}
    charge["amount_refunded"] += amount
    refunded = charge["amount_refunded"] == charge["amount"]
    if refunded != charge["refunded"]:
        previous["refunded"] = charge["refunded"]
    charge["refunded"] = refunded
    call.store.update(charge)
    return previous
