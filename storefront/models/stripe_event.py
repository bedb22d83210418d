"""The inbox of Stripe's webhooks: kept as they came, handled later."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.models.base import Base, Moment, Prose


class StripeEvent(Base):
    """One event, known by Stripe's own id, so that a second delivery has no second effect."""

    __tablename__ = "stripe_event"
    __table_args__ = (
        Index(None, "object_id"),
        Index(None, "received"),
        Index(
            "ix_stripe_event_undone",
            "received",
            sqlite_where=text("done IS NULL"),
            postgresql_where=text("done IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(100))
    #: The id of the object that the event is about.
    object_id: Mapped[str | None] = mapped_column(String(255))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received: Mapped[Moment]
    done: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[Prose] = mapped_column(default="")
