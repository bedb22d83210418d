"""What may stand in the way of a purchase, named for the fact. Each has its page in web/views.

StoreError
  AlbumNotForSale     withdrawn, a draft, or not released yet
  PriceChanged        not the price that the buyer was shown
  AmountTooLow        less than the minimum of a pay-what-you-want album
  AccessWithdrawn     bought once, but a dispute or a person closed it
  TokenNotOurs        this one-time token was used for another purchase
  CardNotTaken        Stripe would not take this token; nothing was charged, the card can be entered again
  CheckoutUnavailable Stripe cannot be reached or refuses us; nothing was charged
  TooManyDeclines     by this buyer, of this card, or at this address
  CheckoutClosed      a restored backup does not know yet what was bought after it was made
OutcomeUnknown        Stripe does not answer, and the purchase may be paid: no word of "not charged"
RefundError           nothing was given back
  NotRefundable       it was not paid here, was given back already, or is disputed
  AmountNotRefundable nothing, or more than is left
AnswerError           nothing was answered to the buyer's bank
  NotAnswerable       it was answered, is decided or past its deadline, or Stripe refuses
  DraftChanged        somebody else has saved the evidence meanwhile
"""

from datetime import timedelta
from math import ceil

from storefront.models import AlbumPurchase
from storefront.money import Money


class StoreError(Exception):
    """Nothing was charged."""


class AlbumNotForSale(StoreError):
    """It is not in the shop now."""


class PriceChanged(StoreError):
    """It costs something else than the buyer saw; `price` is what."""

    def __init__(self, price: Money) -> None:
        super().__init__(f"the price is {price}")
        self.price = price


class AmountTooLow(StoreError):
    """Less than the least that the album costs, `least`."""

    def __init__(self, least: Money) -> None:
        super().__init__(f"the least is {least}")
        self.least = least


class AccessWithdrawn(StoreError):
    """It was bought, and its music is closed now; somebody should be asked before it is paid again."""

    def __init__(self, purchase: AlbumPurchase) -> None:
        super().__init__("access was withdrawn")
        self.purchase = purchase


class TokenNotOurs(StoreError):
    """The token was sent before, for another purchase."""


class CardNotTaken(StoreError):
    """Nothing was charged; the buyer can enter the card again."""


class CheckoutUnavailable(StoreError):
    """Nothing was charged; it is not the card."""


class TooManyDeclines(StoreError):
    """Nothing was sent; `wait` is how long until the next try."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"too many declines; the next try in {wait.total_seconds():.0f} s")
        self.wait = wait

    @property
    def seconds(self) -> int:
        """Whole, at least one."""
        return max(1, ceil(self.wait.total_seconds()))


class CheckoutClosed(StoreError):
    """Nothing is sold until reconciliation has found what a restored backup does not know."""


class OutcomeUnknown(Exception):
    """Nobody knows just now how `purchase` stands. It is not a StoreError, since it may have been charged."""

    def __init__(self, purchase: AlbumPurchase) -> None:
        super().__init__("Stripe does not say how the purchase stands")
        self.purchase = purchase


class SentAlready(Exception):
    """The same form is at Stripe already, by another process of the shop: nobody knows yet what comes of it."""

    def __init__(self, purchase: AlbumPurchase) -> None:
        super().__init__("it was sent before, and is on its way")
        self.purchase = purchase


class RefundError(Exception):
    """Nothing was given back, and nothing will be."""


#: NotRefundable's reasons, as sentences.
SENTENCES = {
    "not_paid": "It was never paid.",
    "free": "It was not paid through Stripe, so there is nothing that Stripe could give back.",
    "disputed": "The buyer's bank decides about this payment; whoever refunded it now might lose it twice.",
    "refunded": "All of it was given back already.",
    "reference": "This reference is another refund's.",
    "busy": "Somebody else is changing this purchase all the time; try again.",
    "charge_already_refunded": "Stripe says that all of it was given back already.",
    "charge_disputed": "Stripe says that the buyer's bank has taken the payment back.",
}


class NotRefundable(RefundError):
    """`reason` is one word: not_paid, free, refunded, disputed, or Stripe's code."""

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(message or reason)
        self.reason = reason

    @property
    def sentence(self) -> str:
        """For whoever asked."""
        return SENTENCES.get(self.reason, f"Stripe refuses: {self}.")


class AmountNotRefundable(RefundError):
    """Not between the smallest unit and what is left, `rest`."""

    def __init__(self, rest: Money) -> None:
        super().__init__(f"at most {rest}")
        self.rest = rest


class AnswerError(Exception):
    """Nothing was sent to the buyer's bank."""


#: NotAnswerable's reasons, as sentences.
NO_ANSWER = {
    "decided": "The bank has decided about this dispute, and takes nothing more.",
    "sent": "Evidence was sent already, and it can be sent once. Now the bank decides.",
    "reads": "The bank has what it wanted, and decides now.",
    "past_due": "The deadline is over. The bank would not read what is sent now.",
    "no_evidence": "The bank takes no evidence about this dispute.",
    "elsewhere": "This is a stage of the dispute that can be answered in Stripe's dashboard alone.",
    "asked": "An answer is on its way to Stripe. The shop sends it until Stripe says that it has it.",
    "empty": "No evidence was saved yet.",
    "inquiry": "Nothing was taken back yet, so there is nothing to give up. To end it, give the money back.",
}


class NotAnswerable(AnswerError):
    """`reason` is one of NO_ANSWER's words, or Stripe's code."""

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(message or NO_ANSWER.get(reason, reason))
        self.reason = reason

    @property
    def sentence(self) -> str:
        """For whoever asked."""
        return NO_ANSWER.get(self.reason, f"Stripe refuses: {self}")


class DraftChanged(AnswerError):
    """Not what was shown: somebody else saved it meanwhile. `version` is that of what is there now."""

    def __init__(self, version: int) -> None:
        super().__init__(f"version {version} is there now")
        self.version = version
