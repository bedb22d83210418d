"""A buyer goes to the bank: https://docs.stripe.com/disputes/how-disputes-work.

    warning_needs_response ── evidence ──> warning_under_review ──> warning_closed
             └───────────── escalates ─────────────┘    (120 days without a word, or a full refund, close it too)
                                                    v
                                  needs_response ── evidence ──> under_review ──> won, lost
                                                └── given up, or not answered in time ──> lost

An inquiry (`warning_...`) moves no money. A dispute takes its amount and a fee; both come back when it is won.
What the bank decides is up to `uncategorized_text`: https://docs.stripe.com/testing#evidence
"""

from . import books, fraud_warnings, refunds, schedule
from .call import Call
from .cards import DisputeKind
from .complaints import COMPLAINTS, shares
from .errors import Json
from .objects.dispute import Complaint, due_by
from .objects.dispute import dispute as new_dispute

OPEN = "the buyer disputes a charge"
_DECIDE, _EXPIRE = "the bank decides on the evidence", "the time for evidence ends"
ENDS = frozenset(("won", "lost", "warning_closed"))
INQUIRY_LASTS = 120 * 24 * 60 * 60
WINNING, LOSING, ESCALATING = "winning_evidence", "losing_evidence", "escalate_inquiry_evidence"


def begin(call: Call, charge: Json, kind: DisputeKind) -> list[Json]:
    """The buyer complains to the bank, perhaps more than once; `charge` is changed."""
    complaints = COMPLAINTS[kind]
    charge["disputed"] = True
    call.store.update(charge)
    fraud_warnings.review(call, charge)
    amounts = shares(charge["amount"], len(complaints))
    return [_begin(call, charge, *each) for each in zip(amounts, complaints, strict=True)]


def submit(call: Call, dispute: Json) -> None:
    """The evidence goes to the bank, which needs a moment; what comes too late may not be read."""
    details = dispute["evidence_details"]
    details |= {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
    details["past_due"] = call.now > details["due_by"]
    _turn(call, dispute, "warning_under_review" if is_inquiry(dispute) else "under_review")
    if dispute["evidence"]["uncategorized_text"] in (WINNING, LOSING, ESCALATING):
        schedule.later(call, _DECIDE, dispute["id"], call.settings.dispute_delay)


def give_up(call: Call, dispute: Json) -> None:
    """The shop has nothing to say."""
    _end(call, dispute, "warning_closed" if is_inquiry(dispute) else "lost")


def review(call: Call, charge: Json) -> None:
    """After a refund: an inquiry about money that is given back is over."""
    for dispute in call.store.of_charge("dispute", charge["id"]):
        if charge["refunded"] and is_inquiry(dispute) and dispute["status"] not in ENDS:
            _end(call, dispute, "warning_closed")


def is_inquiry(dispute: Json) -> bool:
    """Whether the bank only asks."""
    return bool(dispute["status"].startswith("warning_"))


@schedule.task(OPEN)
def _open(call: Call, charge_id: str) -> None:
    charge = call.find("charge", charge_id, "charge")
    kind = call.card_of(charge["payment_method"]).dispute
    assert kind is not None
    begin(call, charge, kind)


def _begin(call: Call, charge: Json, amount: int, complaint: Complaint) -> Json:
    dispute = call.store.insert(new_dispute(charge, amount, complaint, call.now))
    if complaint.inquiry:
        call.emit("charge.dispute.created", dispute)
        schedule.later(call, _EXPIRE, dispute["id"], INQUIRY_LASTS)
    else:
        _take_money(call, dispute)
        call.emit("charge.dispute.created", dispute)
        call.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


@schedule.task(_DECIDE)
def _decide(call: Call, dispute_id: str) -> None:
    dispute = call.find("dispute", dispute_id, "dispute")
    word = dispute["evidence"]["uncategorized_text"]
    if dispute["status"] in ENDS:
        return
    if not is_inquiry(dispute):
        _end(call, dispute, "won" if word == WINNING else "lost")
    elif word == ESCALATING:
        _escalate(call, dispute)
    else:
        _end(call, dispute, "warning_closed")


@schedule.task(_EXPIRE)
def _expire(call: Call, dispute_id: str) -> None:
    dispute = call.find("dispute", dispute_id, "dispute")
    if is_inquiry(dispute) and dispute["status"] not in ENDS:
        _end(call, dispute, "warning_closed")
    elif dispute["status"] == "needs_response":
        dispute["evidence_details"]["past_due"] = True
        _end(call, dispute, "lost")


def _escalate(call: Call, dispute: Json) -> None:
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    dispute["evidence_details"]["due_by"] = due_by(call.now)
    previous = {"status": dispute["status"], "is_charge_refundable": True}
    dispute["status"] = "needs_response"
    _take_money(call, dispute)
    call.emit("charge.dispute.updated", dispute, previous=previous)
    call.emit("charge.dispute.funds_withdrawn", dispute)


def _take_money(call: Call, dispute: Json) -> None:
    """The bank takes it back; what is still on its way to the buyer stays here."""
    dispute["is_charge_refundable"] = False
    _book(call, dispute)
    for refund in call.store.of_charge("refund", dispute["charge"]):
        if refund["status"] == "pending":
            refunds.fail(call, refund, "charge_for_pending_refund_disputed")
    schedule.later(call, _EXPIRE, dispute["id"], dispute["evidence_details"]["due_by"] - call.now)


def _end(call: Call, dispute: Json, status: str) -> None:
    previous = {"status": dispute["status"]}
    dispute |= {"status": status, "is_charge_refundable": status != "lost"}
    if status == "won":
        _book(call, dispute, reversal=True)
        call.emit("charge.dispute.funds_reinstated", dispute)
    call.store.update(dispute)
    call.emit("charge.dispute.closed", dispute, previous=previous)


def _turn(call: Call, dispute: Json, status: str) -> None:
    previous = {"status": dispute["status"]}
    dispute["status"] = status
    call.store.update(dispute)
    call.emit("charge.dispute.updated", dispute, previous=previous)


def _book(call: Call, dispute: Json, *, reversal: bool = False) -> None:
    dispute["balance_transactions"].append(books.book_dispute(call, dispute, reversal=reversal))
    call.store.update(dispute)
