"""The test cards, with what each does: https://docs.stripe.com/testing."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Authentication(StrEnum):
    """What 3-D Secure does for a card."""

    UNSUPPORTED = "unsupported"
    OPTIONAL = "optional"  # supported; the payment goes through without it
    REQUIRED = "required"  # the customer is asked


class DisputeKind(StrEnum):
    """What the card's holder does after the payment."""

    FRAUDULENT = "fraudulent"
    PRODUCT_NOT_RECEIVED = "product_not_received"
    INQUIRY = "inquiry"  # the bank only asks
    SEVERAL = "several"
    COMPELLING_EVIDENCE = "compelling_evidence"  # Visa's Compelling Evidence 3.0 applies
    COMPLIANCE = "compliance"


class RefundCourse(StrEnum):
    """How a refund to the card goes."""

    AT_ONCE = "at once"
    PENDING = "pending"  # it arrives later
    FAILS = "fails"  # it comes back later


@dataclass(frozen=True)
class Decline:
    """Why an issuer refuses, in Stripe's codes and words."""

    code: str
    message: str
    decline_code: str | None = None
    advice: str | None = None


def _declined(decline_code: str, message: str = "Your card was declined.", advice: str = "try_again_later") -> Decline:
    return Decline("card_declined", message, decline_code, advice)


GENERIC = _declined("generic_decline")
INSUFFICIENT_FUNDS = _declined("insufficient_funds", "Your card has insufficient funds.")
LOST = _declined("lost_card", advice="do_not_try_again")
STOLEN = _declined("stolen_card", advice="do_not_try_again")
VELOCITY = _declined(
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
)
BLOCKED = _declined("fraudulent", advice="do_not_try_again")
NOT_A_TEST_CARD = _declined(
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non "
    "test (live) card. For a list of valid test cards, visit: https://stripe.com/docs/testing.",
)
EXPIRED = Decline("expired_card", "Your card has expired.", advice="do_not_try_again")
WRONG_CVC = Decline("incorrect_cvc", "Your card's security code is incorrect.", advice="confirm_card_data")
PROCESSING = Decline(
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
    advice="try_again_later",
)


@dataclass(frozen=True)
class Card:
    """A test card: its number, the names that stand for it in requests, and how it behaves."""

    number: str
    #: `visa_debit` for pm_card_visa_debit and tok_visa_debit; empty: it can only be typed
    name: str = ""
    decline: Decline | None = None
    authentication: Authentication = Authentication.OPTIONAL
    risk_level: str = "normal"
    risk_score: int = 12
    cvc_check: str = "pass"
    postal_check: str = "pass"
    funding: str = "credit"
    dispute: DisputeKind | None = None
    fraud_warning: bool = False
    refund: RefundCourse = RefundCourse.AT_ONCE
    #: whether what was paid with it is available at once
    bypasses_pending: bool = False

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]

    @property
    def brand(self) -> str:
        """The network, as Stripe names it."""
        return brand(self.number)

    @property
    def fingerprint(self) -> str:
        """The same for the same number."""
        return hashlib.sha256(f"sandbox fingerprint {self.number}".encode()).hexdigest()[:16]

    @property
    def blocked(self) -> bool:
        """Whether Radar refuses it before the network is asked."""
        return self.decline is BLOCKED


REQUIRED, UNSUPPORTED = Authentication.REQUIRED, Authentication.UNSUPPORTED

CARDS = (
    Card("4242424242424242", "visa"),
    Card("4000056655665556", "visa_debit", funding="debit"),
    Card("5555555555554444", "mastercard"),
    Card("378282246310005", "amex", authentication=UNSUPPORTED),
    Card("378282246310005", "amex_threeDSecureNotSupported", authentication=UNSUPPORTED),
    # declined
    Card("4000000000000002", "visa_chargeDeclined", GENERIC),
    Card("4000000000000002", "chargeDeclined", GENERIC),
    Card("4000000000009995", "visa_chargeDeclinedInsufficientFunds", INSUFFICIENT_FUNDS),
    Card("4000000000009995", "chargeDeclinedInsufficientFunds", INSUFFICIENT_FUNDS),
    Card("4000000000009987", "visa_chargeDeclinedLostCard", LOST),
    Card("4000000000009979", "visa_chargeDeclinedStolenCard", STOLEN),
    Card("4000000000000069", "chargeDeclinedExpiredCard", EXPIRED),
    Card("4000000000000127", "chargeDeclinedIncorrectCvc", WRONG_CVC, cvc_check="fail"),
    Card("4000000000000119", "chargeDeclinedProcessingError", PROCESSING),
    Card("4000000000006975", "visa_chargeDeclinedVelocityLimitExceeded", VELOCITY),
    Card("4000000000000341", "chargeCustomerFail", GENERIC),
    # Radar
    Card("4100000000000019", "radarBlock", BLOCKED, risk_level="highest", risk_score=96),
    Card("4000000000004954", "riskLevelHighest", risk_level="highest", risk_score=88),
    Card("4000000000009235", "riskLevelElevated", risk_level="elevated", risk_score=68),
    Card("4000000000000101", "cvcCheckFail", cvc_check="fail"),
    Card("4000000000000036", "avsZipFail", postal_check="fail"),
    # 3-D Secure
    Card("4000000000003220", "threeDSecure2Required", authentication=REQUIRED),
    Card("4000008400001629", "threeDSecureRequiredChargeDeclined", GENERIC, REQUIRED),
    Card("4000008400001280", "threeDSecureRequiredProcessingError", GENERIC),  # the look-up fails: nobody can be asked
    Card("4000002760003184", "authenticationRequired", authentication=REQUIRED),
    Card("4000002500003155", "authenticationRequiredOnSetup", authentication=REQUIRED),
    Card("4000003800000446", "authenticationRequiredSetupForOffSession", authentication=REQUIRED),
    Card("4000008260003178", "authenticationRequiredChargeDeclinedInsufficientFunds", INSUFFICIENT_FUNDS, REQUIRED),
    Card("4000000000003055", "threeDSecureOptional"),
    Card("4000000000003097", "threeDSecureOptionalProcessingError"),
    # disputed
    Card("4000000000000259", "createDispute", dispute=DisputeKind.FRAUDULENT),
    Card("4000000000002685", "createDisputeProductNotReceived", dispute=DisputeKind.PRODUCT_NOT_RECEIVED),
    Card("4000000000001976", "createDisputeInquiry", dispute=DisputeKind.INQUIRY),
    Card("4000000404000079", "createMultipleDisputes", dispute=DisputeKind.SEVERAL),
    Card("4000000404000038", "createCe3EligibleDispute", dispute=DisputeKind.COMPELLING_EVIDENCE),
    Card("4000008400000779", "createComplianceDispute", dispute=DisputeKind.COMPLIANCE),
    Card("4000000000005423", "createIssuerFraudRecord", fraud_warning=True),
    # refunded
    Card("4000000000007726", "pendingRefund", refund=RefundCourse.PENDING),
    Card("4000000000005126", "refundFail", refund=RefundCourse.FAILS),
    # paid out
    Card("4000000000000077", "bypassPending", bypasses_pending=True),
)
_BY_NAME = {card.name: card for card in CARDS}
_BY_NUMBER = {card.number: card for card in reversed(CARDS)}  # the first of a number wins
_BRANDS = (
    ("4", "visa"),
    ("34", "amex"),
    ("37", "amex"),
    ("5", "mastercard"),
    ("2", "mastercard"),
    ("6", "discover"),
    ("35", "jcb"),
    ("36", "diners"),
)


def named(alias: str) -> Card | None:
    """The card that `pm_card_visa` or `tok_visa` stands for."""
    return _BY_NAME.get(alias.removeprefix("pm_card_").removeprefix("tok_"))


def numbered(number: str) -> Card:
    """The card of a number that somebody typed; a number that is no test card is declined."""
    return _BY_NUMBER.get(number) or Card(number, decline=NOT_A_TEST_CARD)


def known_as(name: str) -> Card:
    """The card whose name was kept; no name was kept of a number that is no test card."""
    return _BY_NAME.get(name) or Card("", decline=NOT_A_TEST_CARD)


def brand(number: str) -> str:
    """The network of a number, by its first digits."""
    return next((name for prefix, name in _BRANDS if number.startswith(prefix)), "unknown")


def passes_luhn(number: str) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
