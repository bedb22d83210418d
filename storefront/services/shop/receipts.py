"""Receipts, and word of what was not charged: written in the transaction that settles a purchase."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storefront.models import Act, AlbumPurchase, Mail, MailKind, Refund, writing
from storefront.money import Money
from storefront.services.shop.audit import Actor, record
from storefront.services.shop.outbox import write_mail

#: To one purchase's address in a day, the first included.
MOST_RECEIPTS = 5
DAY = timedelta(days=1)


class TooManyReceipts(Exception):
    """Enough of them were sent to this address today."""


def write_receipt(session: Session, purchase: AlbumPurchase, now: datetime) -> None:
    """The receipt of a purchase that is paid now, once however often it is written; in the caller's transaction."""
    write_mail(session, MailKind.RECEIPT, f"receipt:{purchase.public_id}", purchase.email, now, purchase=purchase)


def write_not_charged(session: Session, purchase: AlbumPurchase, now: datetime) -> None:
    """For who was told "we are checking", when nothing was charged in the end; in the caller's transaction."""
    key = f"not_charged:{purchase.public_id}:{purchase.attempt}"
    write_mail(session, MailKind.NOT_CHARGED, key, purchase.email, now, purchase=purchase)


def write_refunded(session: Session, purchase: AlbumPurchase, refund: Refund, now: datetime) -> None:
    """Tells the buyer that money is on its way back; in the caller's transaction."""
    amount = Money(refund.amount, refund.currency).format()
    key = f"refunded:{refund.public_id}"
    write_mail(session, MailKind.REFUNDED, key, purchase.email, now, purchase=purchase, detail=amount)


def send_receipt_again(session: Session, purchase: AlbumPurchase, now: datetime, by: Actor | None = None) -> None:
    """Another receipt with a link of its own, to the address that the purchase was made with.

    `by` is who asked for it at the desk, None for the buyer. Raises TooManyReceipts after MOST_RECEIPTS in a day.
    """
    receipts = select(func.count()).where(Mail.purchase_id == purchase.id, Mail.kind == MailKind.RECEIPT)
    with writing(session):  # step: one more receipt, with the job that sends it
        if (session.scalar(receipts.where(Mail.created > now - DAY)) or 0) >= MOST_RECEIPTS:
            raise TooManyReceipts
        number = (session.scalar(receipts) or 0) + 1
        key = f"receipt:{purchase.public_id}:{number}"
        write_mail(session, MailKind.RECEIPT, key, purchase.email, now, purchase=purchase)
        if by is not None:
            record(session, by, Act.PURCHASE_RECEIPT, purchase.public_id, now, to=purchase.email)
