"""Sign-ins: the browser's cookie holds a random token, the row its SHA-256.

Limits: a customer's ends after 14 days without a visit and 30 days at most, staff's and an admin's after 30 minutes
and 12 hours.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from storefront.models import Account, AccountSession, Act, Role, writing
from storefront.services.accounts.tokens import digest
from storefront.services.shop.audit import Actor, record

#: last_seen is written so rarely, and is this much behind at most.
GRAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lives without a visit, and at most."""

    idle: timedelta
    absolute: timedelta


_AT_THE_DESK = Lifetime(timedelta(minutes=30), timedelta(hours=12))
LIFETIMES = {
    Role.CUSTOMER: Lifetime(timedelta(days=14), timedelta(days=30)),
    Role.STAFF: _AT_THE_DESK,
    Role.ADMIN: _AT_THE_DESK,
}


def open_session(session: Session, account: Account, user_agent: str, now: datetime, old: str | None = None) -> str:
    """Signs `account` in and returns the cookie's token, always a new one; `old` is the browser's so far, and ends."""
    token = secrets.token_urlsafe(32)
    lifetime = LIFETIMES[account.role]
    with writing(session):  # step: signed in; what has ended anyway is cleaned away
        session.execute(
            delete(AccountSession).where(
                AccountSession.account_id == account.id, AccountSession.created < now - lifetime.absolute
            )
        )
        if old:
            session.execute(delete(AccountSession).where(AccountSession.token_hash == digest(old)))
        session.add(
            AccountSession(
                token_hash=digest(token), account_id=account.id, created=now, last_seen=now, user_agent=user_agent[:500]
            )
        )
    return token


def identify(session: Session, token: str, now: datetime) -> Account | None:
    """Whose token this is; None when its session has ended or its account is disabled. Marks the visit."""
    found = session.scalar(
        select(AccountSession)
        .where(AccountSession.token_hash == digest(token))
        .options(joinedload(AccountSession.account, innerjoin=True))
    )
    if found is None or found.account.disabled_at is not None or _has_ended(found, now):
        return None
    if now - found.last_seen >= GRAIN:
        with writing(session):  # step: seen
            session.execute(
                update(AccountSession)
                .where(AccountSession.token_hash == found.token_hash)
                .values(last_seen=now)
                .execution_options(synchronize_session=False)
            )
    return found.account


def _has_ended(found: AccountSession, now: datetime) -> bool:
    lifetime = LIFETIMES[found.account.role]
    return now - found.last_seen >= lifetime.idle or now - found.created >= lifetime.absolute


def list_sessions(session: Session, account: Account, now: datetime) -> Sequence[AccountSession]:
    """Where the account is signed in, the last seen first."""
    lifetime, row = LIFETIMES[account.role], AccountSession
    lives = row.last_seen > now - lifetime.idle, row.created > now - lifetime.absolute
    return session.scalars(select(row).where(row.account_id == account.id, *lives).order_by(row.last_seen.desc())).all()


def end_sessions(session: Session, account: Account, now: datetime, by: Actor, one: str | None = None) -> int:
    """Signs out everywhere, or ends the `one` of this token hash; how many ended."""
    ended = delete(AccountSession).where(AccountSession.account_id == account.id)
    if one is not None:
        ended = ended.where(AccountSession.token_hash == one)
    with writing(session):  # step: signed out, and who wanted it
        count = len(session.scalars(ended.returning(AccountSession.token_hash)).all())
        if count:
            record(session, by, Act.SESSIONS_ENDED, account.public_id, now, email=account.email, count=count)
    return count


def close_session(session: Session, token: str) -> None:
    """Signs out; a token that is not ours changes nothing."""
    with writing(session):  # step: signed out
        session.execute(delete(AccountSession).where(AccountSession.token_hash == digest(token)))


def end_all_sessions(session: Session, account: Account) -> None:
    """Signs out everywhere; in the caller's transaction."""
    session.execute(delete(AccountSession).where(AccountSession.account_id == account.id))
