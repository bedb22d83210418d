"""What the admin reads, a page of 100 at a time: the newest mails, from column tuples."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from storefront.models import Mail, MailKind

PAGE = 100
Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class MailLine:
    """One mail, as the list shows it."""

    key: str
    kind: MailKind
    recipient: str
    created: datetime
    sent_at: datetime | None
    tries: int
    error: str


_MAIL = (Mail.key, Mail.kind, Mail.recipient, Mail.created, Mail.sent_at, Mail.tries, Mail.error)


@dataclass(frozen=True, slots=True)
class Page(Generic[Line]):
    """Lines in their order; `older` names the last one when there are more."""

    lines: Sequence[Line]
    older: str | None


def find_mail(session: Session, key: str) -> MailLine | None:
    """The mail of this key."""
    row = session.execute(select(*_MAIL).where(Mail.key == key)).first()
    return MailLine(*row) if row else None


def newest_mails(session: Session, before: str | None = None) -> Page[MailLine]:
    """`before` is the key of the last line of the page before."""
    query = select(*_MAIL).order_by(Mail.created.desc(), Mail.id.desc()).limit(PAGE + 1)
    if before:
        edge = session.execute(select(Mail.created, Mail.id).where(Mail.key == before)).first()
        query = query.where(tuple_(Mail.created, Mail.id) < tuple_(*edge)) if edge else query
    rows = session.execute(query).all()
    lines = [MailLine(*row) for row in rows[:PAGE]]
    return Page(lines, lines[-1].key if len(rows) > PAGE else None)
