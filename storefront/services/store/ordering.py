"""Commit 1 of a purchase: the row that stands for an album at a buyer, written before anybody is asked for money."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, case, or_, select, update
from sqlalchemy.orm import Session, joinedload

from storefront.jobs import enqueue
from storefront.models import Album, AlbumPurchase, AlbumState, Channel, Pricing, PurchaseState
from storefront.money import MINIMUM, Money
from storefront.payments.credit_card_processor import PAYMENT_METHOD_TYPES
from storefront.services.shop.figures.counting import bought_before, count_sale
from storefront.services.shop.receipts import write_receipt
from storefront.services.store.buyers import Visitor, account_key
from storefront.services.store.closure import is_closed
from storefront.services.store.errors import (
    AccessWithdrawn,
    AlbumNotForSale,
    AmountTooLow,
    CheckoutClosed,
    PriceChanged,
)
from storefront.services.store.transitions import UNSETTLED

#: How long a purchase may stay without an intent of Stripe's.
CREATED_LIFE = timedelta(hours=1)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, and what the page knew of them."""

    visitor: Visitor
    email: str
    locale: str = ""
    referrer_host: str = ""
    #: The address that it comes from, as limits count it: IPv4, or the /64 of IPv6. Kept nowhere with the purchase.
    network: str = "local"
    #: The whole of it, kept with the attempt to pay: evidence, if the payment is disputed. None: nobody's browser.
    address: str | None = None

    @property
    def key(self) -> str:
        """The buyer_key of a new purchase: the account's when signed in, else the browser's."""
        account = self.visitor.account
        key = account_key(account) if account else self.visitor.browser
        if key is None:
            raise ValueError("a guest without a buyer's cookie")
        return key


def for_sale(album: Album, today: date) -> bool:
    """Whether the album can be bought on that day of the shop's."""
    return album.state == AlbumState.PUBLISHED and album.edition_id is not None and album.release_day <= today


@dataclass(frozen=True, slots=True)
class OrderBook:
    """Finds and writes purchases. `today` is the day in the shop's time zone; tests replace clock and randomness."""

    session: Session
    statement_suffix: str
    today: Callable[[], date]
    now: Callable[[], datetime] = utc_now
    random_id: Callable[[], str] = lambda: secrets.token_hex(16)

    def find_live(self, album_id: int, visitor: Visitor) -> AlbumPurchase | None:
        """The purchase that stands for this album at this visitor, by account or by browser.

        Of several (one begun as a guest, one signed in elsewhere) the paid one, or one that may be paid any moment.
        """
        nearest_to_the_money = case(
            (AlbumPurchase.state == PurchaseState.PAID, 0),
            (AlbumPurchase.state.in_(UNSETTLED), 1),
            else_=2,
        )
        owner: list[ColumnElement[bool]] = [AlbumPurchase.buyer_key.in_(visitor.keys)]
        if visitor.account:
            owner.append(AlbumPurchase.account_id == visitor.account.id)
        return self.session.scalar(
            select(AlbumPurchase)
            .where(AlbumPurchase.album_id == album_id, AlbumPurchase.is_live(), or_(*owner))
            .order_by(nearest_to_the_money, AlbumPurchase.id)
            .limit(1)
            .options(joinedload(AlbumPurchase.album))
            .execution_options(populate_existing=True)
        )

    def find_last(self, album_id: int, visitor: Visitor) -> AlbumPurchase | None:
        """The live purchase, or else the one that was canceled last: it still knows the buyer's address."""
        live = self.find_live(album_id, visitor)
        if live is not None or not visitor.keys:
            return live
        return self.session.scalar(
            select(AlbumPurchase)
            .where(AlbumPurchase.album_id == album_id, AlbumPurchase.buyer_key.in_(visitor.keys))
            .order_by(AlbumPurchase.id.desc())
            .limit(1)
        )

    def find_or_insert(self, album_id: int, buyer: Buyer, shown: Money) -> AlbumPurchase:
        purchase = self.find_live(album_id, buyer.visitor)
        if purchase is None or purchase.state in (PurchaseState.CREATED, PurchaseState.OPEN):
            album = self.album_at(album_id, shown)
            return self._insert(album, buyer, shown) if purchase is None else self._renew(purchase, buyer)
        if purchase.state == PurchaseState.PAID and not purchase.has_access:
            raise AccessWithdrawn(purchase)
        return purchase

    def album_at(self, album_id: int, shown: Money) -> Album:
        """The album as it is now, if it is for sale at the price that the buyer was shown."""
        if is_closed(self.session):
            raise CheckoutClosed
        album = self.session.get_one(Album, album_id, options=[joinedload(Album.edition)], populate_existing=True)
        if not for_sale(album, self.today()):
            raise AlbumNotForSale(album.slug)
        if (album.pricing == Pricing.FIXED and shown != album.price) or shown.currency != album.currency:
            raise PriceChanged(album.price)
        least = max(album.amount, MINIMUM.get(album.currency, 0) if shown.amount else 0)
        if shown.amount < least:
            raise AmountTooLow(Money(least, album.currency))
        return album

    def _insert(self, album: Album, buyer: Buyer, shown: Money) -> AlbumPurchase:
        now, public_id, free = self.now(), self.random_id(), shown.amount == 0
        account = buyer.visitor.account
        purchase = AlbumPurchase(
            public_id=public_id,
            buyer_key=buyer.key,
            account_id=account.id if account else None,
            email=buyer.email,
            album_id=album.id,
            edition_id=album.edition_id,
            channel=Channel.FREE if free else Channel.STRIPE,
            amount=shown.amount,
            currency=shown.currency,
            shown_amount=shown.amount,
            description=f"Album: {album.title}"[:500],
            locale=buyer.locale,
            referrer_host=buyer.referrer_host,
            state=PurchaseState.PAID if free else PurchaseState.CREATED,
            paid_at=now if free else None,
            bought_before=bought_before(buyer.email, now) if free else None,
            open_params={} if free else self._open_params(public_id, album, buyer, shown),
            created=now,
        )
        self.session.add(purchase)
        self.session.flush()  # another tab's row shows here, as an IntegrityError
        if free:
            write_receipt(self.session, purchase, now)
            count_sale(self.session, purchase)
        else:
            enqueue(
                self.session,
                "close_purchase",
                key=f"close:{public_id}",
                due=now + CREATED_LIFE,
                purchase=public_id,
            )
        return purchase

    def _open_params(self, public_id: str, album: Album, buyer: Buyer, shown: Money) -> dict[str, object]:
        """The parameters of the PaymentIntent; a restored backup rebuilds the row from its metadata."""
        assert album.edition is not None
        account = buyer.visitor.account
        return {
            "amount": shown.amount,
            "currency": shown.currency,
            "allowed_payment_method_types": list(PAYMENT_METHOD_TYPES),
            "description": f"Album: {album.title}"[:500],
            "statement_descriptor_suffix": self.statement_suffix,
            "metadata": {
                "order": public_id,
                "album": album.public_id,
                "edition": album.edition.public_id,
                **({"account": account.public_id} if account else {}),
                "buyer_key": buyer.key,
            },
        }

    def _renew(self, purchase: AlbumPurchase, buyer: Buyer) -> AlbumPurchase:
        """Nothing was paid yet: the address may be corrected, and it becomes the account's that pays now."""
        account = buyer.visitor.account
        self.session.execute(
            update(AlbumPurchase)
            .where(
                AlbumPurchase.id == purchase.id,
                AlbumPurchase.state.in_([PurchaseState.CREATED, PurchaseState.OPEN]),
            )
            .values(email=buyer.email, account_id=account.id if account else purchase.account_id)
            .execution_options(synchronize_session=False)
        )
        self.session.refresh(purchase)
        return purchase
