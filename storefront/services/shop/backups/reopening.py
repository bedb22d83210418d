"""What a restored database must know before a shop opens over it: that it has forgotten something."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.models import AccountSession, CatalogueVersion, CheckoutClosure, EmailLink, Mail, writing

#: More than a catalogue ever changes between a backup and its restore.
LEAP = 1_000_000


def expect_lost_days(session: Session, backup_made: datetime, now: datetime) -> None:
    """One writing step.

    The checkout is closed until reconciliation has found what was sold after the backup. What is still to be mailed may
    have been mailed. Sign-ins and mailed links end: some of them had been ended, which the backup does not know. And
    the catalogue's version leaps, for browsers know pages by it that this shop has never shown.
    """
    with writing(session):
        session.add(CheckoutClosure(since=now, backup_made=backup_made))
        session.execute(update(Mail).where(Mail.sent_at.is_(None)).values(again=True))
        session.execute(delete(AccountSession))
        session.execute(delete(EmailLink))
        session.execute(update(CatalogueVersion).values(version=CatalogueVersion.version + LEAP))
        enqueue(session, "reconcile_after_restore", key=f"restore:{now.isoformat()}")
