"""A payment that the buyer's bank takes back or asks about, and what the shop answers."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.models.base import Amount, Base, Currency, Moment, Prose, RowId, states
from storefront.models.purchase import AlbumPurchase
from storefront.money import Money

#: Statuses in which the bank waits for the shop.
WAITS_FOR_SHOP = ("needs_response", "warning_needs_response")
#: Of which nothing more is to be expected.
DECIDED = ("won", "lost", "warning_closed", "prevented")


class Dispute(Base):
    """The mirror of one of Stripe's."""

    __tablename__ = "dispute"
    __table_args__ = (Index(None, "purchase_id"), Index(None, "created", "id"))

    id: Mapped[RowId]
    stripe_dispute_id: Mapped[str] = mapped_column(String(255), unique=True)
    purchase_id: Mapped[int] = mapped_column(ForeignKey("album_purchase.id"))
    amount: Mapped[Amount]
    currency: Mapped[Currency]
    #: Stripe's word: needs_response, under_review, won, lost, warning_..., or one that Stripe thinks of later.
    status: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(60), default="")
    #: Until when evidence may be sent; None when the bank takes none.
    evidence_due: Mapped[datetime | None]
    #: How often evidence was sent, from here or in Stripe's dashboard.
    submissions: Mapped[int] = mapped_column(default=0, server_default="0")
    created: Mapped[Moment]

    purchase: Mapped[AlbumPurchase] = relationship()
    answer: Mapped["DisputeAnswer | None"] = relationship(back_populates="dispute")

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def waits(self) -> bool:
        """Whether the bank waits for the shop."""
        return self.status in WAITS_FOR_SHOP

    @property
    def inquiry(self) -> bool:
        """Whether the bank only asks, and has taken no money."""
        return self.status.startswith("warning_")


class Wish(StrEnum):
    """What the shop does about a dispute."""

    CONTEST = "contest"
    ACCEPT = "accept"


class DisputeAnswer(Base):
    """The shop's evidence as it was last saved, and the wish to send it, or to give the dispute up."""

    __tablename__ = "dispute_answer"

    id: Mapped[RowId]
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), unique=True)
    #: Stripe's name of a field of evidence -> its text. Nothing in it changes while there is a wish.
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    #: Counts the saves: what was shown is what is saved over, and what is sent.
    version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime | None]
    saved_by: Mapped[str] = mapped_column(String(254), default="")
    wish: Mapped[Wish | None] = mapped_column(states(Wish))
    #: Random, anew for each wish; its idempotency key at Stripe.
    key: Mapped[str] = mapped_column(String(32), default="")
    #: How often evidence had been sent before: of an inquiry that became a dispute, once.
    submissions_before: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime | None]
    asked_by: Mapped[str] = mapped_column(String(254), default="")
    #: Why the last wish did not come true.
    refusal: Mapped[Prose] = mapped_column(default="")

    dispute: Mapped[Dispute] = relationship(back_populates="answer")

    @property
    def is_there(self) -> bool:
        """Whether Stripe has what was wished last."""
        if self.wish is Wish.CONTEST:
            return self.dispute.submissions > self.submissions_before
        return self.wish is Wish.ACCEPT and self.dispute.status in DECIDED
