"""Purchases and the attempts to pay them: the row that is written before the money moves.

One purchase is one PaymentIntent for life. `paid` never goes back; refunds and disputes are columns of their own.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    not_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.models.account import Account
from storefront.models.album import Album
from storefront.models.base import Amount, Base, Currency, Digest, Email, Moment, Name, Prose, PublicId, RowId, states
from storefront.models.edition import Edition
from storefront.money import Money


class PurchaseState(StrEnum):
    """created -> open -> confirming -> paid, with action_required, processing and canceled."""

    CREATED = "created"
    OPEN = "open"
    CONFIRMING = "confirming"
    ACTION_REQUIRED = "action_required"
    PROCESSING = "processing"
    PAID = "paid"
    CANCELED = "canceled"


class Channel(StrEnum):
    """How the album came to its owner."""

    STRIPE = "stripe"
    FREE = "free"
    IMPORT = "import"
    GIFT = "gift"


class AccessOverride(StrEnum):
    """What an admin decided by hand."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


#: A row is live unless it is canceled or fully refunded (asked for is enough): then the album can be bought again.
LIVE = "state <> 'canceled' AND NOT (refund_requested >= amount AND amount > 0)"

#: The bank decides, or nobody knows yet; few among many.
CHECKING = "state IN ('confirming', 'action_required', 'processing')"

#: An attempt whose address is still known.
FROM_SOMEWHERE = "address IS NOT NULL"

#: How a purchase stands, for the owner's list.
STANDING = ("state", "channel", "refunded", "dispute")
#: Those that are few among many, each with an index of its own.
RARE = {
    "checking": CHECKING,
    "elsewhere": "channel = 'import'",
    "refunded": "refunded > 0",
    "disputed": "dispute <> 'none'",
}

#: Not the first of its buyer.
AGAIN = "bought_before IS NOT NULL"

#: Disputes that leave the money with the shop: none, an inquiry, or one that the shop won.
DISPUTES_WITH_ACCESS = (
    "none",
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "won",
    "prevented",
)


def _rare(name: str, condition: str) -> Index:
    """Of the purchases that this is so of."""
    columns = ("created", "id", "amount", "currency", "album_id", *STANDING)
    where = text(condition)
    return Index(f"ix_album_purchase_{name}", *columns, sqlite_where=where, postgresql_where=where)


class AlbumPurchase(Base):
    """An order of one album by one buyer.

    `buyer_key` is "account:<public id>", "browser:<SHA-256 of the browser's buyer token>", or "import:<SHA-256 of
    the address>" where the album was bought elsewhere; it never changes.
    `public_id` names the purchase to Stripe and in logs; it opens nothing.
    """

    __tablename__ = "album_purchase"
    __table_args__ = (
        Index("uq_album_purchase_live", "buyer_key", "album_id", unique=True,
              sqlite_where=text(LIVE), postgresql_where=text(LIVE)),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("refunded >= 0 AND refund_requested >= 0 AND refund_requested <= amount", name="refunded"),
        CheckConstraint("state <> 'paid' OR paid_at IS NOT NULL", name="paid_at"),
        Index(None, "account_id"),
        Index(None, "buyer_key"),
        Index("ix_album_purchase_of_buyer", "email", "created", "id"),
        # What the owner's list is asked for: each has all that a wish names, so that it is answered by one alone.
        Index("ix_album_purchase_by_time", "created", "id", "amount", "currency", "album_id", *STANDING),
        Index("ix_album_purchase_by_amount", "currency", "amount", "created", "id", "album_id", *STANDING),
        Index("ix_album_purchase_of_album", "album_id", "created", "id", "amount", "currency", *STANDING),
        Index("ix_album_purchase_in_state", "state", "created", "id", "amount", "currency", "album_id", *STANDING[1:]),
        *(_rare(name, condition) for name, condition in RARE.items()),
        Index("ix_album_purchase_by_card", "card_last4", "created", "id"),
        Index("ix_album_purchase_again", "bought_before", "paid_at",
              sqlite_where=text(AGAIN), postgresql_where=text(AGAIN)),
    )  # fmt: skip

    id: Mapped[RowId]
    public_id: Mapped[PublicId]
    buyer_key: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    email: Mapped[Email]
    album_id: Mapped[int] = mapped_column(ForeignKey("album.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    channel: Mapped[Channel] = mapped_column(states(Channel), default=Channel.STRIPE)

    amount: Mapped[Amount]
    currency: Mapped[Currency]
    tax_amount: Mapped[Amount] = mapped_column(default=0)
    shown_amount: Mapped[Amount]
    description: Mapped[Name]
    locale: Mapped[str] = mapped_column(String(20), default="")
    referrer_host: Mapped[str] = mapped_column(String(253), default="")

    state: Mapped[PurchaseState] = mapped_column(states(PurchaseState), default=PurchaseState.CREATED)
    #: The number of the last attempt to pay; 0 before the first.
    attempt: Mapped[int] = mapped_column(default=0)
    #: The exact parameters of the call that creates the PaymentIntent, so that a resend is byte-equal.
    open_params: Mapped[dict[str, object]] = mapped_column(JSON)
    created: Mapped[Moment]
    paid_at: Mapped[datetime | None]
    #: When the same address had paid last before, if ever: so that the buyers of any time can be counted.
    bought_before: Mapped[datetime | None]
    #: Set when the buyer was shown "we are checking": then the outcome is mailed, whatever it is.
    doubt_shown_at: Mapped[datetime | None]

    stripe_payment_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    stripe_charge_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    #: Of the charge's balance transaction, in the currency that Stripe settles it in; None until it is booked.
    fee: Mapped[int | None] = mapped_column(BigInteger)
    net: Mapped[int | None] = mapped_column(BigInteger)
    settled_currency: Mapped[str | None] = mapped_column(String(3))
    card_brand: Mapped[str | None] = mapped_column(String(40))
    card_last4: Mapped[str | None] = mapped_column(String(4))
    card_country: Mapped[str | None] = mapped_column(String(2))
    card_fingerprint: Mapped[str | None] = mapped_column(String(64))

    refunded: Mapped[Amount] = mapped_column(default=0)
    refund_requested: Mapped[Amount] = mapped_column(default=0)
    #: A Dispute's status at Stripe, or "none".
    dispute: Mapped[str] = mapped_column(String(40), default="none")
    #: Counts what was written of refunds, disputes and bookings: an answer of Stripe's that is older is not applied.
    books_version: Mapped[int] = mapped_column(default=0, server_default="0")
    access_override: Mapped[AccessOverride | None] = mapped_column(states(AccessOverride))
    access_reason: Mapped[Prose] = mapped_column(default="")
    #: What a person must look at, one word each: "amount_differs", ...
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)

    album: Mapped[Album] = relationship()
    edition: Mapped[Edition] = relationship()
    account: Mapped[Account | None] = relationship()
    attempts: Mapped[list["PaymentAttempt"]] = relationship(back_populates="purchase", order_by="PaymentAttempt.number")

    @property
    def price(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def given_back(self) -> Money:
        """What was refunded of it."""
        return Money(self.refunded, self.currency)

    @property
    def live(self) -> bool:
        """Whether this row still stands for the album at this buyer."""
        return self.state != PurchaseState.CANCELED and not (self.refund_requested >= self.amount > 0)

    @classmethod
    def is_live(cls) -> ColumnElement[bool]:
        """The same for a query; LIVE for the index that has one live row for a buyer and an album."""
        refunded = and_(cls.refund_requested >= cls.amount, cls.amount > 0)
        return and_(cls.state != PurchaseState.CANCELED, not_(refunded))

    @property
    def has_access(self) -> bool:
        """Whether its owner may have the music now. Asked again at every request; an unknown dispute withholds it."""
        if self.access_override is not None:
            return self.access_override == AccessOverride.GIVEN
        return self.state == PurchaseState.PAID and self.live and self.dispute in DISPUTES_WITH_ACCESS


class PaymentAttempt(Base):
    """One send of a buyer's one-time token, written before it is sent, with the evidence that it ran."""

    __tablename__ = "payment_attempt"
    __table_args__ = (
        UniqueConstraint("purchase_id", "number"),
        Index("ix_payment_attempt_with_address", "sent_at",
              sqlite_where=text(FROM_SOMEWHERE), postgresql_where=text(FROM_SOMEWHERE)),
    )  # fmt: skip

    id: Mapped[RowId]
    purchase_id: Mapped[int] = mapped_column(ForeignKey("album_purchase.id"))
    number: Mapped[int]
    #: SHA-256 of the token: one token is sent once, whoever posts it again.
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    #: Random: an attempt's number comes back after a restored backup.
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    sent_at: Mapped[Moment]
    #: The network address, IPv4 or IPv6, of the browser that sent it: what a bank asks for in a dispute, and forgotten
    #: when no bank asks any more. None where there was none.
    address: Mapped[str | None] = mapped_column(String(45))
    #: How it ended; None while nobody knows.
    outcome: Mapped[str | None] = mapped_column(String(40))
    decline_code: Mapped[str | None] = mapped_column(String(80))
    decline_message: Mapped[str | None] = mapped_column(String(300))
    #: The PaymentMethod and the charge that the intent had tried when this attempt ended.
    tried_payment_method: Mapped[str | None] = mapped_column(String(255))
    tried_charge: Mapped[str | None] = mapped_column(String(255))

    purchase: Mapped[AlbumPurchase] = relationship(back_populates="attempts")


class PurchaseLink(Base):
    """A receipt's link: whoever holds its random token sees the purchase. Only the token's SHA-256 is kept."""

    __tablename__ = "purchase_link"
    __table_args__ = (Index(None, "purchase_id"),)

    token_hash: Mapped[Digest] = mapped_column(primary_key=True)
    purchase_id: Mapped[int] = mapped_column(ForeignKey("album_purchase.id"))
    created: Mapped[Moment]

    purchase: Mapped[AlbumPurchase] = relationship()
