"""What the buyer's bank says, in plain words. https://docs.stripe.com/disputes/categories"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """`says` is what the buyer told the bank, `helps` what answers it."""

    says: str
    helps: str


_UNKNOWN = Reason(
    "The buyer's bank gives no reason that this shop knows.",
    "Show what was bought, and that the buyer had it.",
)

REASONS = {
    "fraudulent": Reason(
        "The card's owner says that they did not make this payment.",
        "Show that it was them: the same address as in earlier purchases, sign-ins, and downloads after the payment.",
    ),
    "unrecognized": Reason(
        "The card's owner does not recognise the payment.",
        "Show what was bought and when, the receipt, and that the music was fetched. They may only have forgotten it.",
    ),
    "product_not_received": Reason(
        "The buyer says that the music never arrived.",
        "Show the downloads, with their times and networks, and the receipt with the link.",
    ),
    "product_unacceptable": Reason(
        "The buyer says that the music was not as described, or broken.",
        "Show what the album's page said, that the files were fetched, and that nobody wrote to you about it.",
    ),
    "duplicate": Reason(
        "The buyer says that they were charged twice for the same thing.",
        "Show that the payments were for different albums, or that the second one was given back.",
    ),
    "credit_not_processed": Reason(
        "The buyer says that a refund was promised and did not come.",
        "Show the refund if there was one, or why there is none, and what the buyer was told before paying.",
    ),
    "subscription_canceled": Reason(
        "The buyer says that they had canceled a subscription.",
        "This shop has none: show that it was one payment for one album.",
    ),
    "general": Reason(
        "The bank gives no reason of its own.",
        "Show what was bought, the receipt, and that the music was fetched.",
    ),
    "noncompliant": Reason(
        "The bank says that a rule of the card's network was broken.",
        "Stripe's dashboard says which rule, and what answering costs. It is answered best there.",
    ),
}


def reason_of(word: str) -> Reason:
    """Of Stripe's word for it; there may be new ones."""
    return REASONS.get(word, _UNKNOWN)
