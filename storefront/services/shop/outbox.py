"""Mails are written in the transaction of what they tell, together with the job that sends them."""

from datetime import datetime

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.models import Account, AlbumPurchase, Mail, MailKind


def write_mail(
    session: Session,
    kind: MailKind,
    key: str,
    recipient: str,
    now: datetime,
    *,
    purchase: AlbumPurchase | None = None,
    account: Account | None = None,
) -> None:
    """Takes part in the caller's transaction. A mail of this key that is there already stays the only one."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement: Insert = (
        insert(Mail)
        .values(
            key=key,
            kind=kind,
            recipient=recipient,
            purchase_id=purchase.id if purchase else None,
            account_id=account.id if account else None,
            created=now,
            tries=0,
            error="",
        )
        .on_conflict_do_nothing(index_elements=["key"])
    )
    session.execute(statement)
    enqueue(session, "send_mail", key=f"mail:{key}", mail=key)
