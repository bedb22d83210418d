"""Mails are written in the transaction of what they tell, together with the job that sends them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.models import Account, AlbumPurchase, CheckoutClosure, Mail, MailKind, insert_once


def write_mail(
    session: Session,
    kind: MailKind,
    key: str,
    recipient: str,
    now: datetime,
    *,
    purchase: AlbumPurchase | None = None,
    account: Account | None = None,
    detail: str | None = None,
) -> None:
    """Takes part in the caller's transaction. A mail of this key that is there already stays the only one.

    While the checkout is closed after a restore, the same mail may have been sent by the days that the backup lost.
    """
    insert_once(
        session,
        Mail,
        key=key,
        kind=kind,
        recipient=recipient,
        purchase_id=purchase.id if purchase else None,
        account_id=account.id if account else None,
        detail=detail,
        again=session.scalar(select(CheckoutClosure.id).limit(1)) is not None,
        created=now,
        tries=0,
        error="",
    )
    enqueue(session, "send_mail", key=f"mail:{key}", mail=key)
