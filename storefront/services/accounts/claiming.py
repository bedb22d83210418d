"""Paid purchases of guests join an account: by its proven address, and by the browser that made them.

Only `account_id` is set; `buyer_key` says for ever who bought. What is not paid joins nobody: anybody can type
anybody's address, and two people must not share a purchase that one of them is still to pay.
"""

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from storefront.models import Account, AlbumPurchase, PurchaseState


def claim_by_address(session: Session, account: Account) -> None:
    """Those with the account's address, which must be proven; in the caller's transaction."""
    if account.email_proven_at is not None:
        _claim(session, account, AlbumPurchase.email == account.email)


def claim_by_browser(session: Session, account: Account, browser: str | None) -> None:
    """Those of the browser that the account signs in with ("browser:<digest>"); in the caller's transaction."""
    if browser is not None:
        _claim(session, account, AlbumPurchase.buyer_key == browser)


def _claim(session: Session, account: Account, whose: ColumnElement[bool]) -> None:
    session.execute(
        update(AlbumPurchase)
        .where(whose, AlbumPurchase.account_id.is_(None), AlbumPurchase.state == PurchaseState.PAID)
        .values(account_id=account.id)
        .execution_options(synchronize_session=False)
    )
