"""The audit list: who did what, written in the transaction of what was done, and read newest first."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from storefront.models import Account, Act, Album, AuditEntry

PAGE = 100


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an admin, by the address of this moment, or the command line, which has no account."""

    who: str
    account_id: int | None = None

    @classmethod
    def of(cls, account: Account) -> "Actor":
        return cls(account.email, account.id)


COMMAND = Actor("command")


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries, newest first, and the titles of their albums; `older` names the last entry when there are more."""

    entries: Sequence[AuditEntry]
    #: Public id -> title.
    albums: dict[str, str]
    older: str | None


def record(session: Session, by: Actor, act: Act, subject: str, now: datetime, **detail: Any) -> None:
    """Writes an act down, in the caller's step; `subject` is a public id, `detail` anything that JSON holds."""
    session.add(
        AuditEntry(
            public_id=secrets.token_hex(16),
            at=now,
            account_id=by.account_id,
            who=by.who,
            act=act,
            subject=subject,
            detail=detail,
        )
    )


def who_did(session: Session, act: Act, subject: str) -> Actor:
    """Who did this last; the command line if nobody did."""
    last = select(AuditEntry).where(AuditEntry.subject == subject, AuditEntry.act == act)
    entry = session.scalar(last.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(1))
    return Actor(entry.who, entry.account_id) if entry else COMMAND


def newest_entries(session: Session, before: str | None = None) -> AuditPage:
    """`before` is the public id of the last entry of the page before."""
    at = AuditEntry.at, AuditEntry.id
    query = select(AuditEntry).order_by(*(column.desc() for column in at)).limit(PAGE + 1)
    if before:
        edge = session.execute(select(*at).where(AuditEntry.public_id == before)).first()
        query = query.where(tuple_(*at) < tuple_(*edge)) if edge else query
    entries = session.scalars(query).all()
    subjects = {entry.subject for entry in entries}
    titles = session.execute(select(Album.public_id, Album.title).where(Album.public_id.in_(subjects)))
    albums = {row.public_id: row.title for row in titles}
    return AuditPage(entries[:PAGE], albums, entries[PAGE - 1].public_id if len(entries) > PAGE else None)
