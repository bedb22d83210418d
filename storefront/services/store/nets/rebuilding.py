"""A purchase that Stripe knows and the shop does not: written down anew from what the shop once wrote into its payment.

It happens after a backup was restored: what was bought since is at Stripe, and its buyer has paid for the album.
"""

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.models import Account, Album, AlbumPurchase, Channel, Edition, PurchaseState, writing
from storefront.payments import CreditCardProcessor
from storefront.payments.results import ChargeRecord
from storefront.services.shop.figures.counting import bought_before, count_sale
from storefront.services.shop.receipts import write_receipt
from storefront.services.store.flagging import Attention, flag
from storefront.services.store.nets.matching import find
from storefront.services.store.settlement import BOOKED_AFTER, cancel
from storefront.services.store.transitions import move

log = logging.getLogger(__name__)

_MOST_ROUNDS = 4


def rebuild(
    session: Session,
    processor: CreditCardProcessor,
    charge: ChargeRecord,
    metadata: dict[str, str],
    now: datetime,
) -> AlbumPurchase | None:
    """The purchase of a succeeded charge, from its PaymentIntent's `metadata`; one that is there already is returned.

    None when it is none of this shop's, or of an album that the shop does not have: then a person must look. Raises
    PaymentError when Stripe does not answer about another purchase that stands in its way.
    """
    order = metadata.get("order", "")
    if not charge.succeeded or charge.payment_id is None or len(order) != 32:
        return None
    for _ in range(_MOST_ROUNDS):
        there = find(session, order)
        if there is not None and not _forgets_its_payment(there):
            return there
        try:
            with writing(session):  # step: the purchase is written down anew, with its receipt
                return _write(session, there, charge, metadata, now)
        except IntegrityError:
            _clear_the_way(session, processor, order, metadata, now)
    return None


def _forgets_its_payment(purchase: AlbumPurchase) -> bool:
    """Whether the row is from before its PaymentIntent's id was written down."""
    return purchase.stripe_payment_id is None and purchase.state in (PurchaseState.CREATED, PurchaseState.CANCELED)


def _write(
    session: Session, there: AlbumPurchase | None, charge: ChargeRecord, metadata: dict[str, str], now: datetime
) -> AlbumPurchase | None:
    album = session.scalar(select(Album).where(Album.public_id == metadata.get("album", "")))
    if album is None:
        return None
    account = session.scalar(select(Account).where(Account.public_id == metadata.get("account", "")))
    given_back = min(charge.amount_refunded, charge.amount.amount)
    key, bought_twice = metadata.get("buyer_key", ""), False
    if not key or (given_back < charge.amount.amount and _has_bought(session, key, album)):
        key, bought_twice = f"charge:{charge.charge_id}"[:80], bool(key)
    email = there.email if there is not None else charge.email or (account.email if account else "")
    paid = {
        **_facts(charge, given_back), "buyer_key": key, "bought_before": bought_before(email, charge.created),
    }  # fmt: skip
    if there is not None:
        if not move(session, there, PurchaseState.PAID, **paid):
            return there
        purchase = there
    else:
        edition = session.scalar(
            select(Edition.id).where(Edition.public_id == metadata.get("edition", ""), Edition.album_id == album.id)
        )
        edition = edition or album.edition_id
        if edition is None:
            return None
        purchase = AlbumPurchase(
            public_id=metadata["order"],
            state=PurchaseState.PAID,
            channel=Channel.STRIPE,
            account_id=account.id if account else None,
            email=email,
            album_id=album.id,
            edition_id=edition,
            description=f"Album: {album.title}"[:500],
            open_params={},
            created=charge.created,
            **paid,
        )
        session.add(purchase)
        session.flush()
    log.warning("purchase %s was written down anew from Stripe's charge %s", purchase.public_id, charge.charge_id)
    if purchase.email and given_back < purchase.amount:
        write_receipt(session, purchase, now)
    words = ["address_missing"] * (not purchase.email) + ["bought_twice"] * bought_twice
    flag(session, purchase, map(Attention, words), now)
    enqueue(
        session,
        "settle_aftermath",
        key=f"aftermath:{purchase.public_id}",
        due=now + BOOKED_AFTER,
        purchase=purchase.public_id,
    )
    count_sale(session, purchase)
    return purchase


def _facts(charge: ChargeRecord, given_back: int) -> dict[str, Any]:
    card = charge.card
    return {
        "amount": charge.amount.amount,
        "currency": charge.amount.currency,
        "shown_amount": charge.amount.amount,
        "paid_at": charge.created,
        "stripe_payment_id": charge.payment_id,
        "stripe_charge_id": charge.charge_id,
        "card_brand": card.brand if card else None,
        "card_last4": card.last4 if card else None,
        "card_country": card.country if card else None,
        "card_fingerprint": card.fingerprint if card else None,
        "refunded": given_back,
        "refund_requested": given_back,
    }


def _has_bought(session: Session, key: str, album: Album) -> bool:
    """Whether another paid purchase of the album stands for this buyer."""
    paid = select(AlbumPurchase.id).where(
        AlbumPurchase.buyer_key == key,
        AlbumPurchase.album_id == album.id,
        AlbumPurchase.state == PurchaseState.PAID,
        AlbumPurchase.is_live(),
    )
    return session.scalar(paid.limit(1)) is not None


def _clear_the_way(
    session: Session, processor: CreditCardProcessor, order: str, metadata: dict[str, str], now: datetime
) -> None:
    """The buyer's purchase of the same album that the backup remembers as unpaid: what Stripe says of it is so."""
    album = session.scalar(select(Album.id).where(Album.public_id == metadata.get("album", "")))
    unpaid = session.scalar(
        select(AlbumPurchase).where(
            AlbumPurchase.buyer_key == metadata.get("buyer_key", ""),
            AlbumPurchase.album_id == album,
            AlbumPurchase.public_id != order,
            AlbumPurchase.state != PurchaseState.PAID,
            AlbumPurchase.is_live(),
        )
    )
    if unpaid is not None:
        cancel(session, processor, unpaid, now)
