"""A checkout that is closed: after a backup was restored, until reconciliation has found what it does not know."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import CheckoutClosure


def find_closure(session: Session) -> CheckoutClosure | None:
    """The oldest closure, whose backup knows least."""
    return session.scalar(select(CheckoutClosure).order_by(CheckoutClosure.backup_made).limit(1))


def is_closed(session: Session) -> bool:
    return session.scalar(select(CheckoutClosure.id).limit(1)) is not None
