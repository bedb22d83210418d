"""What everybody but the shop knows: who was told what, which bytes were sent to whom, and what was wrong at once."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from storefront.money import Money


class Word(StrEnum):
    """What a page tells a buyer."""

    PAID = "paid"
    NOT_CHARGED = "not charged"
    CHECKING = "checking"
    ASK_BANK = "the bank asks"
    #: The form: nothing was tried yet.
    FORM = "form"
    #: It is not theirs, or is not there.
    NOT_FOUND = "not found"
    #: Bought once; the music is closed.
    CLOSED = "access closed"
    #: An error page without a word about money.
    BROKEN = "broken"
    #: The connection died.
    NOTHING = "nothing"


@dataclass
class Token:
    """A card that somebody typed in. `name` is the name on the card, by which Stripe's charges tell it."""

    id: str
    name: str
    customer: str
    card: str


@dataclass(frozen=True)
class Told:
    """A page that somebody saw, or a mail that they got."""

    at: float
    customer: str
    word: Word
    #: The tokens that it speaks of, by the names on the cards.
    tokens: tuple[str, ...]
    #: Of the purchase.
    public_id: str | None = None


@dataclass(frozen=True)
class Served:
    """Bytes that somebody got."""

    at: float
    customer: str
    public_id: str
    digest: str


@dataclass
class History:
    """Grows while a run goes on."""

    tokens: dict[str, Token] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)
    #: Refunds that the shop has agreed to: the name of the wish -> how much.
    wishes: dict[str, Money] = field(default_factory=dict)
    #: Purchases that the shop has agreed to give back whole, and when.
    closed: dict[str, float] = field(default_factory=dict)
    #: Payments that were made past the shop, and the purchases that they name.
    strays: dict[str, str] = field(default_factory=dict)
    #: What else forgets, when the shop's last commits are gone.
    on_rewind: list[Callable[[], None]] = field(default_factory=list)
    #: The owner has taken the keys of another account of Stripe's, for a while.
    keys_changed: bool = False
    #: What was wrong at the moment it happened: (invariant, what).
    violations: list[tuple[str, str]] = field(default_factory=list)

    def violate(self, invariant: str, what: str) -> None:
        self.violations.append((invariant, what))

    @staticmethod
    def digest(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()
