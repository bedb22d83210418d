"""Who sits at the desk: its owners, and the staff that they let in and out again.

Whoever comes in chooses a password by a mailed link, as long as the desk asks for: the one of their days as a customer
may be short, and known to others.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storefront.models import Account, AccountSession, Act, MailKind, Role, writing
from storefront.services.accounts.email_links import end_email_links
from storefront.services.accounts.sessions import end_all_sessions
from storefront.services.shop.audit import Actor, record
from storefront.services.shop.outbox import write_mail


class IsOwner(Exception):
    """The address is an admin's, who may do everything already."""


class NotStaff(Exception):
    """The address is nobody's who sits at the desk."""


class LastOwner(Exception):
    """Without this one nobody could let anybody in."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may come to the desk."""

    public_id: str
    email: str
    role: Role
    #: Whether they have chosen a password; nobody comes in without.
    ready: bool
    #: In any browser where they are signed in, or were last.
    last_seen: datetime | None


def list_people(session: Session) -> list[Person]:
    """Everybody who may come to the desk, the owners first, by address."""
    row, seen = Account, func.max(AccountSession.last_seen)
    people = (
        select(row.public_id, row.email, row.role, row.password_hash.is_not(None), seen)
        .outerjoin(AccountSession, AccountSession.account_id == row.id)
        .where(row.role != Role.CUSTOMER, row.disabled_at.is_(None))
        .group_by(row.id)
        .order_by(row.role, row.email)
    )
    return [Person(*columns) for columns in session.execute(people)]


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


def remove_owner(session: Session, email: str, now: datetime, by: Actor) -> None:
    """A customer again, signed out everywhere. Raises LastOwner, NotStaff for who is no owner (any more)."""
    with writing(session):  # step: an owner no more, while there is another
        owners = session.scalars(
            select(Account)
            .where(Account.role == Role.ADMIN, Account.disabled_at.is_(None))
            .order_by(Account.id)
            .execution_options(populate_existing=True)
            .with_for_update()  # two who take each other away: one is left
        ).all()
        account = next((owner for owner in owners if owner.email == email), None)
        if account is None:
            raise NotStaff
        if len(owners) == 1:
            raise LastOwner
        account.role = Role.CUSTOMER
        end_all_sessions(session, account)
        record(session, by, Act.OWNER_REMOVED, account.public_id, now, email=email)


def _locked(session: Session, email: str) -> Account | None:
    return session.scalar(
        select(Account).where(Account.email == email).execution_options(populate_existing=True).with_for_update()
    )
