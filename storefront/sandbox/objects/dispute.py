"""Dispute: https://docs.stripe.com/api/disputes/object."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from ..errors import Json
from ..ids import new_id

#: evidence that is a text; what is a file the sandbox does not have
EVIDENCE_TEXTS = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_tracking_number",
    "uncategorized_text",
)
EVIDENCE_FILES = (
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
)
DAYS_TO_ANSWER = 8


@dataclass(frozen=True)
class Complaint:
    """What a buyer tells the bank: https://docs.stripe.com/disputes/categories."""

    reason: str
    #: Visa's: https://docs.stripe.com/disputes/reason-codes-defense-requirements
    network_code: str
    case_type: str = "chargeback"
    #: what makes the evidence count more, with what is missing for it
    eligibility: Json = field(default_factory=dict)

    @property
    def inquiry(self) -> bool:
        """Whether the bank only asks, and takes no money yet."""
        return self.case_type == "inquiry"


def dispute(charge: Json, amount: int, complaint: Complaint, now: int) -> Json:
    """A new dispute, before any money has moved."""
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": list(complaint.eligibility),
        "evidence": dict.fromkeys(sorted((*EVIDENCE_TEXTS, *EVIDENCE_FILES))) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": due_by(now),
            "enhanced_eligibility": complaint.eligibility,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": complaint.inquiry,
        "livemode": False,
        "metadata": {},
        "network_reason_code": complaint.network_code,
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": charge["payment_method_details"]["card"]["brand"],
                "case_type": complaint.case_type,
                "network": charge["payment_method_details"]["card"]["network"],
                "network_reason_code": complaint.network_code,
            },
            "type": "card",
        },
        "reason": complaint.reason,
        "status": "warning_needs_response" if complaint.inquiry else "needs_response",
    }


def due_by(now: int) -> int:
    """Until when evidence may be sent: the end of the day, UTC."""
    day = datetime.fromtimestamp(now, UTC).date() + timedelta(days=DAYS_TO_ANSWER)
    return int(datetime.combine(day, time(23, 59, 59), UTC).timestamp())
