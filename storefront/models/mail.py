"""Mails to be sent: written in the transaction of what they tell, sent by a job."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.models.base import Base, Moment, Prose, RowId, states

if TYPE_CHECKING:
    from storefront.models.account import Account
    from storefront.models.dispute import Dispute
    from storefront.models.purchase import AlbumPurchase


#: Waiting, or not sent for some reason; few.
UNSENT = "sent_at IS NULL"


class MailKind(StrEnum):
    """Each has a template in templates/emails/."""

    RECEIPT = "receipt"
    #: The outcome for who read "we are checking", when nothing was charged.
    NOT_CHARGED = "not_charged"
    #: Proves an address; its link chooses the password of a new account, or of one that is there.
    CHOOSE_PASSWORD = "choose_password"
    #: Tells an account's owner what somebody did, who should be them.
    PASSWORD_CHANGED = "password_changed"
    NEW_DEVICE = "new_device"
    #: To the buyer: money was given back.
    REFUNDED = "refunded"
    #: To the shop's admins: something about money needs a person.
    ATTENTION = "attention"
    #: To the address that a purchase or an account had until now.
    ADDRESS_CHANGED = "address_changed"
    #: To a past buyer of another platform: the music is in the library here.
    PAST_SALES = "past_sales"


class Mail(Base):
    """One mail. It is rendered when it is sent, so that no secret link ever lies in a row."""

    __tablename__ = "mail"
    __table_args__ = (
        Index(None, "created", "id"),
        Index(None, "purchase_id"),
        Index("ix_mail_recipient", "recipient", "created", "id"),
        Index("ix_mail_unsent", "created", "id", sqlite_where=text(UNSENT), postgresql_where=text(UNSENT)),
    )

    id: Mapped[RowId]
    #: "receipt:<purchase's public id>", so that the same mail is not written twice.
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[MailKind] = mapped_column(states(MailKind))
    recipient: Mapped[str] = mapped_column(String(254))
    purchase_id: Mapped[int | None] = mapped_column(ForeignKey("album_purchase.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: What needs attention, when that is a dispute.
    dispute_id: Mapped[int | None] = mapped_column(ForeignKey("dispute.id"))
    #: What the text tells beside the purchase: an amount, what needs attention, further albums.
    detail: Mapped[str | None] = mapped_column(Text)
    created: Mapped[Moment]
    #: It may have been sent before, by a shop whose later days a restored backup does not know: the text says so.
    again: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Sends that may have arrived, counted before each: a crash between sending and marking cannot send without end.
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    error: Mapped[Prose] = mapped_column(default="")

    purchase: Mapped["AlbumPurchase | None"] = relationship()
    account: Mapped["Account | None"] = relationship()
    dispute: Mapped["Dispute | None"] = relationship()
