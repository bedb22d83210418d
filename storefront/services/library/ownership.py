"""What somebody owns."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from storefront.models import AccessOverride, Account, AlbumPurchase, PurchaseState
from storefront.services.store.buyers import Visitor


class WhyClosed(StrEnum):
    """What keeps an owner from the music now."""

    #: All of the price was given back, or is on its way.
    REFUNDED = "refunded"
    #: At the bank: under way, or lost.
    DISPUTED = "disputed"
    BY_THE_SHOP = "by the shop"


#: What belongs to a library, whether or not the music may be had now (a refund keeps its receipt).
_OWNED = or_(AlbumPurchase.state == PurchaseState.PAID, AlbumPurchase.access_override == AccessOverride.GIVEN)


def owned_by(session: Session, visitor: Visitor) -> Sequence[AlbumPurchase]:
    """The account's purchases and this browser's, newest first, with their albums."""
    return session.scalars(
        select(AlbumPurchase)
        .where(belongs_to(visitor), _OWNED)
        .order_by(AlbumPurchase.paid_at.desc(), AlbumPurchase.id.desc())
        .options(joinedload(AlbumPurchase.album, innerjoin=True))
    ).all()


def belongs_to(visitor: Visitor) -> ColumnElement[bool]:
    """The condition that a purchase, paid or not, is the account's or this browser's."""
    whose: list[ColumnElement[bool]] = [AlbumPurchase.buyer_key.in_(visitor.keys)]
    if visitor.account:
        whose.append(AlbumPurchase.account_id == visitor.account.id)
    return or_(*whose)


def find_visitor(session: Session, keys: Sequence[str]) -> Visitor:
    """The visitor who has these buyer keys, as a signed link names them."""
    accounts = [key.removeprefix("account:") for key in keys if key.startswith("account:")]
    account = session.scalar(select(Account).where(Account.public_id == accounts[0])) if accounts else None
    return Visitor(account, next((key for key in keys if key.startswith("browser:")), None))


def is_owned(purchase: AlbumPurchase) -> bool:
    """Whether it belongs in a library: it was paid, or given."""
    return purchase.state == PurchaseState.PAID or purchase.access_override == AccessOverride.GIVEN


def why_closed(purchase: AlbumPurchase) -> WhyClosed | None:
    """Of what belongs in a library; None when the music may be had."""
    if purchase.has_access:
        return None
    if purchase.access_override == AccessOverride.WITHDRAWN:
        return WhyClosed.BY_THE_SHOP
    return WhyClosed.DISPUTED if purchase.live else WhyClosed.REFUNDED
