"""A receipt's link: whoever holds its token sees the purchase.

It does not end; whether the music may be had is asked each time.
"""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from storefront.models import Account, AlbumPurchase, PurchaseLink, writing
from storefront.services.accounts.tokens import digest


def make_receipt_link(session: Session, purchase: AlbumPurchase, now: datetime) -> str:
    """The token of another link of this purchase; in the caller's transaction."""
    token = secrets.token_urlsafe(32)
    session.add(PurchaseLink(token_hash=digest(token), purchase_id=purchase.id, created=now))
    return token


def find_by_receipt_link(session: Session, token: str) -> AlbumPurchase | None:
    """The purchase that this token was made for."""
    return session.scalar(
        select(AlbumPurchase)
        .join(PurchaseLink, PurchaseLink.purchase_id == AlbumPurchase.id)
        .where(PurchaseLink.token_hash == digest(token))
        .options(joinedload(AlbumPurchase.album), joinedload(AlbumPurchase.edition))
    )


def keep(session: Session, purchase: AlbumPurchase, account: Account) -> bool:
    """Puts a purchase that is in no account into this one; whether it is there now."""
    with writing(session):  # step: the holder of the receipt keeps it
        session.refresh(purchase, ["account_id"], with_for_update=True)
        if purchase.account_id is None:
            purchase.account_id = account.id
    return purchase.account_id == account.id
