"""What the admin reads, a page of 50 at a time: the newest mails, from column tuples."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session

from storefront.models import UNSENT, AlbumPurchase, Mail, MailKind

PAGE = 50
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
    #: The public id of the purchase that it is about.
    purchase: str | None

    @property
    def may_have_arrived(self) -> bool:
        """Not marked as sent, but the mail server fell silent with its text on the way."""
        return self.sent_at is None and self.tries > 0


_MAIL = select(
    Mail.key, Mail.kind, Mail.recipient, Mail.created, Mail.sent_at, Mail.tries, Mail.error, AlbumPurchase.public_id
).outerjoin(AlbumPurchase, AlbumPurchase.id == Mail.purchase_id)
#: Literal, so that SQLite knows its partial index again.
_UNSENT = text(f"mail.{UNSENT}")


@dataclass(frozen=True, slots=True)
class Page(Generic[Line]):
    """Lines in their order; `older` names the last one when there are more."""

    lines: Sequence[Line]
    older: str | None


def find_mail(session: Session, key: str) -> MailLine | None:
    """The mail of this key."""
    row = session.execute(_MAIL.where(Mail.key == key)).first()
    return MailLine(*row) if row else None


def newest_mails(session: Session, before: str | None = None, *, to: str = "", unsent: bool = False) -> Page[MailLine]:
    """All, or those to an address, or those that were not sent; `before` is the key of the last line before."""
    query = _MAIL.order_by(Mail.created.desc(), Mail.id.desc()).limit(PAGE + 1)
    if to:
        query = query.where(Mail.recipient == to)
    if unsent:
        query = query.where(_UNSENT)
    if before:
        edge = session.execute(select(Mail.created, Mail.id).where(Mail.key == before)).first()
        query = query.where(tuple_(Mail.created, Mail.id) < tuple_(*edge)) if edge else query
    rows = session.execute(query).all()
    lines = [MailLine(*row) for row in rows[:PAGE]]
    return Page(lines, lines[-1].key if len(rows) > PAGE else None)
