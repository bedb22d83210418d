"""Accounts: an address asks for a link, and its mailbox's owner chooses a password.

The password comes after the proof. So nobody can put a password of theirs on a stranger's address, and asking looks the
same for every address, known or not: the same rows are written and the same mail goes out.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storefront.models import Account, Mail, MailKind, Role, end_reading, writing
from storefront.services.accounts.claiming import claim_by_address, claim_by_browser
from storefront.services.accounts.email_links import end_email_links, find_email_link, use_email_link
from storefront.services.accounts.limits import Limit, count_try
from storefront.services.accounts.passwords import (
    SHORTEST,
    SHORTEST_AT_THE_DESK,
    check_password,
    hash_password,
    waiting_room,
)
from storefront.services.accounts.sessions import end_all_sessions
from storefront.services.shop.outbox import write_mail

MOST_FROM_A_NETWORK = 20
HOUR = timedelta(hours=1)
MOST_TO_AN_ADDRESS = 5
DAY = timedelta(days=1)


class LinkGone(Exception):
    """The mailed link was used, is too old, or never was."""


class AlreadyRegistered(Exception):
    """The address has an account."""


def ask_for_link(session: Session, email: str, network: str, now: datetime) -> None:
    """Mails a link to choose a password with. Raises TooManyTries after 20 in an hour from one network.

    After 5 to one address in a day it writes no more mails, and does not say so: it would tell who asks there.
    """
    count_try(session, [Limit(f"link network {network}", MOST_FROM_A_NETWORK, HOUR)], now)
    recent = select(func.count()).where(
        Mail.recipient == email, Mail.kind == MailKind.CHOOSE_PASSWORD, Mail.created > now - DAY
    )
    with writing(session):  # step: the mail whose link chooses a password
        if (session.scalar(recent) or 0) < MOST_TO_AN_ADDRESS:
            write_mail(session, MailKind.CHOOSE_PASSWORD, f"choose_password:{secrets.token_hex(16)}", email, now)


def check_link(session: Session, token: str, now: datetime) -> str:
    """The address that the link proves; opening it uses nothing up. Raises LinkGone."""
    link = find_email_link(session, token, now)
    if link is None:
        raise LinkGone
    return link.email


def choose_password(
    session: Session, token: str, password: str, shop_name: str, now: datetime, *, browser: str | None = None
) -> Account:
    """The account of the link's address, made now or already there, with this password from now on.

    An account that is there is signed out everywhere and told by mail. Purchases of guests with the address join it,
    and those of `browser`. Raises LinkGone, BadPassword, HashingBusy.
    """
    link = find_email_link(session, token, now)
    if link is None:
        raise LinkGone
    account = session.scalar(select(Account).where(Account.email == link.email))
    end_reading(session)
    shortest = shortest_for(account.role if account else Role.CUSTOMER)
    check_password(password, words=[shop_name, link.email], shortest=shortest)
    with waiting_room():
        hashed = hash_password(password)
    with writing(session):  # step: the link is used, and the password is its owner's
        if not use_email_link(session, link, now):
            raise LinkGone
        account = _account_of(session, link.email, now)
        if account.disabled_at is not None:
            raise LinkGone
        if account.password_hash is not None:
            key = f"password_changed:{secrets.token_hex(16)}"
            write_mail(session, MailKind.PASSWORD_CHANGED, key, account.email, now, account=account)
        account.password_hash = hashed
        account.email_proven_at = account.email_proven_at or now
        session.flush()  # the claims below are statements of their own
        end_all_sessions(session, account)
        end_email_links(session, account.email, now)
        claim_by_address(session, account)
        claim_by_browser(session, account, browser)
    return account


def shortest_for(role: Role) -> int:
    """Characters of a password."""
    return SHORTEST if role == Role.CUSTOMER else SHORTEST_AT_THE_DESK


def _account_of(session: Session, email: str, now: datetime) -> Account:
    """Read inside the step, so that of two links opened at once one account comes."""
    account = session.scalar(
        select(Account).where(Account.email == email).execution_options(populate_existing=True).with_for_update()
    )
    if account is None:
        account = Account(public_id=secrets.token_hex(16), email=email, created=now)
        session.add(account)
        session.flush()  # gives it its number
    return account


def register(session: Session, email: str, password: str, now: datetime, *, role: Role = Role.CUSTOMER) -> Account:
    """An account whose address the operator vouches for, as `parse_email` gives it. No mail is sent.

    Raises AlreadyRegistered, BadPassword.
    """
    check_password(password, words=[email], shortest=shortest_for(role))
    hashed = hash_password(password)
    with writing(session):  # step: the account, and what guests bought with its address
        if session.scalar(select(Account.id).where(Account.email == email)) is not None:
            raise AlreadyRegistered
        account = Account(
            public_id=secrets.token_hex(16),
            email=email,
            password_hash=hashed,
            role=role,
            email_proven_at=now,
            created=now,
        )
        session.add(account)
        session.flush()  # gives it its number
        claim_by_address(session, account)
    return account


def make_admin(session: Session, email: str, password: str, now: datetime) -> Account:
    """An admin. Raises AlreadyRegistered, BadPassword (15 characters at least, as there is no second factor)."""
    return register(session, email, password, now, role=Role.ADMIN)
