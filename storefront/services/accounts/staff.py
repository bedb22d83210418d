"""Staff: who is let in to the desk beside its owner, and let out again.

Whoever comes in chooses a password by a mailed link, as long as the desk asks for: the one of their days as a customer
may be short, and known to others.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import Account, Act, MailKind, Role, writing
from storefront.services.accounts.email_links import end_email_links
from storefront.services.accounts.sessions import end_all_sessions
from storefront.services.shop.audit import Actor, record
from storefront.services.shop.outbox import write_mail


class IsOwner(Exception):
    """The address is an admin's, who may do everything already."""


class NotStaff(Exception):
    """The address is nobody's who sits at the desk."""


def list_staff(session: Session) -> Sequence[str]:
    """Their addresses, in order."""
    return session.scalars(select(Account.email).where(Account.role == Role.STAFF).order_by(Account.email)).all()


def add_staff(session: Session, email: str, now: datetime, by: Actor) -> bool:
    """Lets the address (as `parse_email` gives it) in, with or without an account so far; False if it is already.

    It is signed out everywhere, its password so far is no longer good, and a mail leads to another. Raises IsOwner.
    """
    with writing(session):  # step: staff, with the mail whose link chooses a password
        account = _locked(session, email) or Account(public_id=secrets.token_hex(16), email=email, created=now)
        if account.role == Role.ADMIN:
            raise IsOwner
        if account.role == Role.STAFF and account.disabled_at is None:
            return False
        account.role, account.password_hash, account.disabled_at = Role.STAFF, None, None
        session.add(account)
        session.flush()  # gives a new one its number
        end_all_sessions(session, account)
        end_email_links(session, email, now)
        write_mail(
            session, MailKind.CHOOSE_PASSWORD, f"choose_password:{secrets.token_hex(16)}", email, now, account=account
        )
        record(session, by, Act.STAFF_ADDED, account.public_id, now, email=email)
    return True


def remove_staff(session: Session, email: str, now: datetime, by: Actor) -> None:
    """A customer again, signed out everywhere. Raises IsOwner, NotStaff."""
    with writing(session):  # step: staff no more
        account = _locked(session, email)
        if account is not None and account.role == Role.ADMIN:
            raise IsOwner
        if account is None or account.role != Role.STAFF:
            raise NotStaff
        account.role = Role.CUSTOMER
        end_all_sessions(session, account)
        record(session, by, Act.STAFF_REMOVED, account.public_id, now, email=email)


def _locked(session: Session, email: str) -> Account | None:
    return session.scalar(
        select(Account).where(Account.email == email).execution_options(populate_existing=True).with_for_update()
    )
