"""What reconciliation finds: one sentence for each place where Stripe and the shop differ."""

from dataclasses import dataclass

#: Each kind, and what it means. docs/payments.md says what to do about those that are not mended.
KINDS = {
    "stray_payment": "A PaymentIntent of this shop that no purchase may be paid with any more.",
    "charge_without_purchase": "A charge that was made through this shop, without its purchase.",
    "charge_not_settled": "A charge whose purchase is not paid.",
    "payment_differs": "A charge that names a purchase which has another payment.",
    "amount_differs": "A charge of another amount than its purchase.",
    "charge_missing": "A paid purchase whose charge Stripe does not have.",
    "refund_differs": "A refund that the shop does not have, or has otherwise.",
    "dispute_differs": "A dispute that the shop does not have, or has otherwise.",
    "fraud_warning": "A fraud warning that the shop has not heard of.",
    "fee_differs": "What Stripe took or paid out for a charge differs from what the purchase says.",
    "booking_missing": "A balance transaction that is not in the ledger.",
    "ledger_differs": "The ledger and Stripe's bookings of the same time come to different sums.",
    "balance_differs": "All of the ledger comes to another sum than the balance at Stripe.",
    "open_since_backup": "A purchase that a restored backup remembers as unpaid; its buyer begins a new one.",
    "overdue": "A purchase or a message that should have been settled by now: the jobs do not run.",
    "unanswered": "Stripe did not answer about it; the next run asks again.",
    "refused": "Stripe refused to answer about it.",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """`kind` is a word of KINDS; `purchase` a public id. Not `mended`: reported only, or for a person to look at."""

    kind: str
    #: The object at Stripe; None for a purchase that Stripe knows nothing of, and for sums.
    stripe_id: str | None
    purchase: str | None
    sentence: str
    mended: bool = False
