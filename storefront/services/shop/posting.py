"""Sends a written mail: counted before it is sent, marked after, never inside a transaction."""

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from storefront.models import AlbumPurchase, Mail, writing
from storefront.services.shop.mailer import Mailer, MailError, MailNotSent

#: Sends that may have arrived. After so many without an answer it is given up, and stays visible.
MOST_TRIES = 3


def post(session: Session, mailer: Mailer, key: str, compose: Callable[[Mail], EmailMessage], now: datetime) -> None:
    """Sends the mail of this key unless that was done; raises MailError when it must be tried again.

    `compose` makes the message, and whatever row its link needs, within the step that counts the send. What certainly
    was not sent is not counted.
    """
    mail = session.scalar(
        select(Mail)
        .where(Mail.key == key)
        .options(joinedload(Mail.purchase).joinedload(AlbumPurchase.album), joinedload(Mail.account))
    )
    if mail is None or mail.sent_at is not None or mail.tries >= MOST_TRIES:
        return
    tries = mail.tries
    with writing(session):  # step: this send is counted, and its link made, before it is sent
        if not _mark(session, mail, tries, tries=tries + 1):
            return
        session.refresh(mail, ["recipient"])  # the address may have been corrected since
        message = compose(mail)
    try:
        mailer.send(message)
    except MailError as error:
        sent = tries if isinstance(error, MailNotSent) else tries + 1
        with writing(session):  # step: why it did not leave
            _mark(session, mail, tries + 1, tries=sent, error=str(error))
        raise
    with writing(session):  # step: sent
        _mark(session, mail, tries + 1, sent_at=now, error="")


def _mark(session: Session, mail: Mail, seen: int, **values: object) -> bool:
    """Compare-and-set by the count of sends that was seen; whether nobody else was first."""
    changed = session.scalar(
        update(Mail)
        .where(Mail.id == mail.id, Mail.tries == seen, Mail.sent_at.is_(None))
        .values(**values)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None
