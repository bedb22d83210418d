"""What a payment came to, in our own words: nothing of Stripe's leaks out of this package."""

from dataclasses import dataclass
from enum import StrEnum

from storefront.money import Money


class PaymentStatus(StrEnum):
    """Where a PaymentIntent stands. Its requires_payment_method is DECLINED after a try, and OPEN before any."""

    SUCCEEDED = "succeeded"
    ACTION_REQUIRED = "action_required"
    PROCESSING = "processing"
    DECLINED = "declined"
    OPEN = "open"
    CANCELED = "canceled"


class Advice(StrEnum):
    """What a buyer whose card was declined had best do."""

    OTHER_CARD = "other_card"
    FIX_DETAILS = "fix_details"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Card:
    """What may be kept of a card."""

    brand: str
    last4: str
    country: str | None
    fingerprint: str | None
    wallet: str | None


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a card was not charged. `message` is for the buyer; codes are for the admin."""

    code: str
    decline_code: str | None
    advice: Advice
    message: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What the intent tried last: the evidence that an attempt ran.

    Both, since Stripe clears the error when an intent is updated, and a failed 3-D Secure makes no charge.
    """

    payment_method: str | None
    charge: str | None


@dataclass(frozen=True, slots=True)
class ChargeResult:
    """A PaymentIntent as it was answered or retrieved."""

    payment_id: str
    status: PaymentStatus
    #: What it is to charge or has charged.
    amount: Money
    charge_id: str | None
    #: None until Stripe has booked the charge; in the currency that it is settled in.
    fee: Money | None
    net: Money | None
    card: Card | None
    #: A secret; for the authenticate page only.
    client_secret: str | None
    decline: Decline | None
    tried: Tried
    raw_status: str
    #: The purchase's public id, from the intent's metadata.
    reference: str | None
