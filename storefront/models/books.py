"""What happens to a purchase's money after it was paid: mirrors of Stripe's refunds and bookings.

Stripe's own objects are what is so; these rows are what the shop last saw of them, known by Stripe's ids.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.models.base import Amount, Base, Currency, Moment, PublicId, RowId
from storefront.models.purchase import AlbumPurchase
from storefront.money import Balance, Money

#: Of a refund that the shop has written down, and of which Stripe has not told anything yet.
REQUESTED = "requested"
#: Of a refund that Stripe would not make.
REFUSED = "refused"
#: Of refunds whose money stays with the shop, or came back to it.
GIVES_NOTHING = (REFUSED, "failed", "canceled")

#: Types of balance transactions: https://docs.stripe.com/reports/balance-transaction-types
CHARGES = ("charge", "payment")
REFUNDS = ("refund", "payment_refund", "refund_failure", "payment_failure_refund")
DISPUTES = ("adjustment",)


class Refund(Base):
    """Money given back, whoever did it: the shop, or its owner in Stripe's dashboard."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index(None, "purchase_id"),
        Index("ix_refund_failed", "failed_at",
              sqlite_where=text("failed_at IS NOT NULL"), postgresql_where=text("failed_at IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[RowId]
    #: Random; its idempotency key at Stripe, and its name in the refund's metadata there.
    public_id: Mapped[PublicId]
    stripe_refund_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    purchase_id: Mapped[int] = mapped_column(ForeignKey("album_purchase.id"))
    amount: Mapped[Amount]
    currency: Mapped[Currency]
    #: "requested", "refused", or Stripe's word: pending, requires_action, succeeded, failed, canceled.
    status: Mapped[str] = mapped_column(String(40), default=REQUESTED)
    #: One of Stripe's words, or "".
    reason: Mapped[str] = mapped_column(String(40), default="")
    failure_reason: Mapped[str] = mapped_column(String(300), default="")
    #: Who asked: an admin's address, "command", or "" for Stripe's dashboard.
    requested_by: Mapped[str] = mapped_column(String(254), default="")
    created: Mapped[Moment]
    #: When we learnt that it failed: what is given back afterwards is instead of it.
    failed_at: Mapped[datetime | None]

    purchase: Mapped[AlbumPurchase] = relationship()

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class LedgerEntry(Base):
    """One of Stripe's balance transactions. `purchase_id` is None for what no purchase explains: payouts, Stripe's own
    fees, and what was charged past the shop."""

    __tablename__ = "ledger_entry"
    __table_args__ = (Index(None, "purchase_id"), Index(None, "created"), Index(None, "source"))

    id: Mapped[RowId]
    stripe_id: Mapped[str] = mapped_column(String(255), unique=True)
    purchase_id: Mapped[int | None] = mapped_column(ForeignKey("album_purchase.id"))
    #: Stripe's word: charge, refund, adjustment, refund_failure, payout, ...
    type: Mapped[str] = mapped_column(String(60))
    #: The id of the charge, refund, dispute or payout that it books.
    source: Mapped[str | None] = mapped_column(String(255))
    #: In the currency that Stripe settles in. net = amount - fee.
    amount: Mapped[int] = mapped_column(BigInteger)
    fee: Mapped[int] = mapped_column(BigInteger)
    net: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[Currency]
    created: Mapped[Moment]

    @property
    def kept(self) -> Balance:
        """What it leaves to the shop."""
        return Balance(self.net, self.currency)


class CheckoutClosure(Base):
    """While there is a row, nothing is sold: a restored backup does not know yet what was bought after it was made."""

    __tablename__ = "checkout_closure"

    id: Mapped[RowId]
    since: Mapped[Moment]
    #: When the backup was made: reconciliation goes back to before it, and then deletes the row.
    backup_made: Mapped[Moment]
