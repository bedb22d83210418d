"""The fields of evidence that a shop of music fills in, by Stripe's names. https://docs.stripe.com/api/disputes/update"""

from dataclasses import dataclass

#: Characters of one text, and of all of them.
LONGEST_TEXT, LONGEST_OF_ALL = 20_000, 150_000
LONGEST_LINE = 500


@dataclass(frozen=True, slots=True)
class EvidenceField:
    """A field of the form. `lines` is how many it shows; one line is a short answer."""

    name: str
    label: str
    hint: str = ""
    lines: int = 1
    #: Shown for these reasons only; empty: always.
    reasons: tuple[str, ...] = ()

    @property
    def longest(self) -> int:
        """In characters."""
        return LONGEST_LINE if self.lines == 1 else LONGEST_TEXT


FIELDS = (
    EvidenceField("customer_email_address", "The buyer's e-mail address"),
    EvidenceField("customer_name", "The buyer's name", "If you know it: the shop does not ask for one."),
    EvidenceField(
        "customer_purchase_ip", "Network address at the purchase", "An address like 198.51.100.7, if it is known."
    ),
    EvidenceField("service_date", "Day on which the buyer got the music"),
    EvidenceField("product_description", "What was sold", lines=6),
    EvidenceField("access_activity_log", "What the buyer did", "Payment, mails, sign-ins and downloads.", lines=12),
    EvidenceField("refund_policy_disclosure", "What the buyer read about refunds before paying, and where", lines=4),
    EvidenceField(
        "refund_refusal_explanation", "Why the buyer gets no refund", lines=4, reasons=("credit_not_processed",)
    ),
    EvidenceField("duplicate_charge_id", "The other payment at Stripe (ch_...)", lines=1, reasons=("duplicate",)),
    EvidenceField("duplicate_charge_explanation", "What the two payments were for", lines=4, reasons=("duplicate",)),
    EvidenceField("uncategorized_text", "Everything else", "The order and its receipt, and what you want to say.", 12),
)


def fields_for(reason: str) -> list[EvidenceField]:
    """Those that answer it."""
    return [field for field in FIELDS if not field.reasons or reason in field.reasons]
