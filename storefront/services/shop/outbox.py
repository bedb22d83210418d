"""Mails are written in the transaction of what they tell, together with the job that sends them."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storefront.jobs import enqueue, hurry
from storefront.models import (
    Account,
    Act,
    AlbumPurchase,
    CheckoutClosure,
    Dispute,
    Mail,
    MailKind,
    insert_once,
    writing,
)
from storefront.services.shop.audit import Actor, record


def write_mail(
    session: Session,
    kind: MailKind,
    key: str,
    recipient: str,
    now: datetime,
    *,
    purchase: AlbumPurchase | None = None,
    account: Account | None = None,
    dispute: Dispute | None = None,
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
        dispute_id=dispute.id if dispute else None,
        detail=detail,
        again=session.scalar(select(CheckoutClosure.id).limit(1)) is not None,
        created=now,
        tries=0,
        error="",
    )
    enqueue(session, "send_mail", key=f"mail:{key}", mail=key)


def send_again(session: Session, key: str, now: datetime, by: Actor) -> bool:
    """Tries anew, at once, to send a mail that failed; False if it is not failed (any more): two presses are one.

    A mail whose sending was given up in doubt may arrive twice, under one Message-ID.
    """
    with writing(session):  # step: it is to be sent, and who wanted it
        mail = session.execute(
            update(Mail)
            .where(Mail.key == key, Mail.sent_at.is_(None), Mail.error != "")
            .values(tries=0, error="")
            .returning(Mail.kind, Mail.recipient)
            .execution_options(synchronize_session=False)
        ).first()
        if mail is not None:
            hurry(session, "send_mail", key=f"mail:{key}", now=now, mail=key)
            record(session, by, Act.MAIL_AGAIN, str(mail.kind), now, key=key, to=mail.recipient)
    return mail is not None
