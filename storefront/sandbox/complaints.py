"""What the test cards' holders tell their banks: https://docs.stripe.com/testing#disputes."""

from .cards import DisputeKind
from .objects.dispute import Complaint

_FRAUDULENT = Complaint("fraudulent", "10.4")
_NOT_RECEIVED = Complaint("product_not_received", "13.1")
_EARLIER_PAYMENTS_MISSING = {
    "required_actions": ["missing_prior_undisputed_transactions"],
    "status": "requires_action",
}

COMPLAINTS: dict[DisputeKind, tuple[Complaint, ...]] = {
    DisputeKind.FRAUDULENT: (_FRAUDULENT,),
    DisputeKind.PRODUCT_NOT_RECEIVED: (_NOT_RECEIVED,),
    DisputeKind.INQUIRY: (Complaint("fraudulent", "10", "inquiry"),),
    DisputeKind.SEVERAL: (_FRAUDULENT, _NOT_RECEIVED),
    DisputeKind.COMPELLING_EVIDENCE: (
        Complaint("fraudulent", "10.4", eligibility={"visa_compelling_evidence_3": _EARLIER_PAYMENTS_MISSING}),
    ),
    DisputeKind.COMPLIANCE: (
        Complaint(
            "noncompliant",
            "C",
            "compliance",
            eligibility={"visa_compliance": {"status": "requires_fee_acknowledgement"}},
        ),
    ),
}


def shares(amount: int, complaints: int) -> list[int]:
    """The amount in so many parts, which add up to it; Stripe does not say how it divides one."""
    part, rest = divmod(amount, complaints)
    return [part + (place < rest) for place in range(complaints)]
