"""Links that prove an address: mailed, good once and for half an hour; a new one ends those before it."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storefront.models import EmailLink
from storefront.services.accounts.tokens import digest

GOOD_FOR = timedelta(minutes=30)


def make_email_link(session: Session, email: str, now: datetime) -> str:
    """The token of a new link; in the caller's transaction."""
    end_email_links(session, email, now)
    token = secrets.token_urlsafe(32)
    session.add(EmailLink(token_hash=digest(token), email=email, created=now, expires=now + GOOD_FOR))
    return token


def find_email_link(session: Session, token: str, now: datetime) -> EmailLink | None:
    """The link of this token while it is good."""
    return session.scalar(
        select(EmailLink).where(
            EmailLink.token_hash == digest(token), EmailLink.used_at.is_(None), EmailLink.expires > now
        )
    )


def use_email_link(session: Session, link: EmailLink, now: datetime) -> bool:
    """Compare-and-set in the caller's transaction: True for the one who uses it."""
    used = session.scalar(
        update(EmailLink)
        .where(EmailLink.token_hash == link.token_hash, EmailLink.used_at.is_(None), EmailLink.expires > now)
        .values(used_at=now)
        .returning(EmailLink.token_hash)
        .execution_options(synchronize_session=False)
    )
    return used is not None


def end_email_links(session: Session, email: str, now: datetime) -> None:
    """None of an address's links is good any more; in the caller's transaction."""
    session.execute(
        update(EmailLink)
        .where(EmailLink.email == email, EmailLink.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
