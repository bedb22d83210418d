"""What somebody owns."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from storefront.models import AccessOverride, AlbumPurchase, PurchaseState
from storefront.services.store.buyers import Visitor

#: What belongs to a library, whether or not the music may be had now (a refund keeps its receipt).
_OWNED = or_(AlbumPurchase.state == PurchaseState.PAID, AlbumPurchase.access_override == AccessOverride.GIVEN)


def owned_by(session: Session, visitor: Visitor) -> Sequence[AlbumPurchase]:
    """The account's purchases and this browser's, newest first, with their albums."""
    whose: list[ColumnElement[bool]] = [AlbumPurchase.buyer_key.in_(visitor.keys)]
    if visitor.account:
        whose.append(AlbumPurchase.account_id == visitor.account.id)
    return session.scalars(
        select(AlbumPurchase)
        .where(or_(*whose), _OWNED)
        .order_by(AlbumPurchase.paid_at.desc(), AlbumPurchase.id.desc())
        .options(joinedload(AlbumPurchase.album, innerjoin=True))
    ).all()


def is_owned(purchase: AlbumPurchase) -> bool:
    """Whether it belongs in a library: it was paid, or given."""
    return purchase.state == PurchaseState.PAID or purchase.access_override == AccessOverride.GIVEN
