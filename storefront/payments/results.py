"""What a payment came to, in our own words: nothing of Stripe's leaks out of this package."""

from dataclasses import dataclass
from datetime import datetime
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
    #: That was charged, or declined last.
    card: Card | None
    #: A secret; for the authenticate page only.
    client_secret: str | None
    decline: Decline | None
    tried: Tried
    raw_status: str
    #: The purchase's public id, from the intent's metadata.
    reference: str | None
    #: What was given back of it, in its own currency's units.
    given_back: int = 0


@dataclass(frozen=True, slots=True)
class Booking:
    """A balance transaction: what Stripe put on the account's balance, or took from it. net = amount - fee.

    Amounts have signs, and are in the currency that Stripe settles in.
    """

    stripe_id: str
    #: Stripe's word: charge, refund, refund_failure, adjustment (disputes), payout, stripe_fee, ...
    type: str
    #: What it books: the id of a charge, a refund, a dispute, a payout.
    source: str | None
    amount: int
    fee: int
    net: int
    currency: str
    created: datetime


@dataclass(frozen=True, slots=True)
class RefundResult:
    """A Refund at Stripe, whoever made it."""

    refund_id: str
    charge_id: str
    payment_id: str | None
    amount: Money
    #: Stripe's word: pending, requires_action, succeeded, failed, canceled.
    status: str
    failure_reason: str | None
    reason: str | None
    #: Our refund's public id; None for one that was made past the shop.
    reference: str | None
    created: datetime
    bookings: tuple[Booking, ...]


@dataclass(frozen=True, slots=True)
class DisputeResult:
    """A Dispute at Stripe."""

    dispute_id: str
    charge_id: str
    payment_id: str | None
    amount: Money
    #: Stripe's word: needs_response, under_review, won, lost, warning_...; the list may grow.
    status: str
    reason: str
    #: Until when evidence may be sent.
    evidence_due: datetime | None
    #: How often evidence was sent.
    submissions: int
    created: datetime
    bookings: tuple[Booking, ...]


@dataclass(frozen=True, slots=True)
class FraudWarning:
    """A card's issuer suspects fraud, before anybody disputes."""

    warning_id: str
    charge_id: str


@dataclass(frozen=True, slots=True)
class IntentRecord:
    """A PaymentIntent as a list has it."""

    payment_id: str
    raw_status: str
    amount: Money
    #: What the shop wrote into it: order, album, edition, account, buyer_key.
    metadata: dict[str, str]
    charge_id: str | None
    created: datetime


@dataclass(frozen=True, slots=True)
class ChargeRecord:
    """A charge as it stands: all that is needed to write its purchase down anew."""

    charge_id: str
    payment_id: str | None
    amount: Money
    #: In the charge's own currency.
    amount_refunded: int
    succeeded: bool
    metadata: dict[str, str]
    #: What the buyer gave Stripe with the card.
    email: str | None
    card: Card | None
    created: datetime
    #: None until Stripe has booked it.
    booking: Booking | None


@dataclass(frozen=True, slots=True)
class Aftermath:
    """All that has happened to a charge until now."""

    charge: ChargeRecord
    refunds: tuple[RefundResult, ...]
    disputes: tuple[DisputeResult, ...]
    #: The ids of early fraud warnings.
    fraud_warnings: tuple[str, ...]

    @property
    def bookings(self) -> tuple[Booking, ...]:
        """Every balance transaction of it."""
        of_charge = (self.charge.booking,) if self.charge.booking else ()
        of_refunds = (entry for refund in self.refunds for entry in refund.bookings)
        return (*of_charge, *of_refunds, *(entry for dispute in self.disputes for entry in dispute.bookings))
