"""Buyers and admins for stories, and what they own."""

import re
import secrets
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import Account, Album, AlbumPurchase, Channel, PurchaseState, Role, writing
from storefront.payments.results import Booking
from storefront.services.accounts.registration import make_admin, register
from storefront.services.shop.figures.counting import bought_before, count_bookings, count_sale
from storefront.services.store.aftermath.books import write_entry
from tests.support.mailbox import Mailbox

if TYPE_CHECKING:
    from webtest import TestApp, TestResponse

PASSWORD = "a heron walks by the water"


def make_customer(session: Session, email: str = "ana@example.com") -> Account:
    return register(session, email, PASSWORD, datetime.now(UTC))


def make_owner(session: Session, email: str = "owner@example.com") -> Account:
    """An admin."""
    return make_admin(session, email, PASSWORD, datetime.now(UTC))


def make_staff(session: Session, email: str = "staff@example.com") -> Account:
    """Somebody who sits at the desk, with a password."""
    return register(session, email, PASSWORD, datetime.now(UTC), role=Role.STAFF)


def sign_in(app: "TestApp", email: str, password: str = PASSWORD, next: str | None = None) -> "TestResponse":
    """Through the page's own form; the answer to it."""
    form = app.get("/sign-in", {"next": next} if next else {}).forms[0]
    form["email"], form["password"] = email, password
    return form.submit(expect_errors=True)


def buyer_token(app: "TestApp", album: Album) -> str:
    """The token that ties purchases to this browser, as the buy page gives it."""
    app.get(f"/store/buy/{album.slug}")
    return str(app.cookies["buyer"])


def make_purchase(
    session: Session,
    album: Album,
    *,
    buyer_key: str,
    account: Account | None = None,
    email: str = "ana@example.com",
    state: PurchaseState = PurchaseState.PAID,
    at: datetime | None = None,
) -> AlbumPurchase:
    """A purchase as settlement leaves it; paid by a Visa unless `state` says otherwise."""
    now = at or datetime.now(UTC)
    paid = state == PurchaseState.PAID
    assert album.edition_id is not None
    purchase = AlbumPurchase(
        public_id=secrets.token_hex(16),
        buyer_key=buyer_key,
        account_id=account.id if account else None,
        email=email,
        album_id=album.id,
        edition_id=album.edition_id,
        channel=Channel.STRIPE,
        amount=album.amount,
        currency=album.currency,
        shown_amount=album.amount,
        description=f"Album: {album.title}",
        state=state,
        attempt=1,
        open_params={},
        created=now,
        paid_at=now if paid else None,
        stripe_payment_id=f"pi_{secrets.token_hex(12)}",
        stripe_charge_id=f"ch_{secrets.token_hex(12)}" if paid else None,
        fee=56 if paid else None,
        net=album.amount - 56 if paid else None,
        settled_currency=album.currency if paid else None,
        card_brand="visa" if paid else None,
        card_last4="4242" if paid else None,
    )
    with writing(session):
        if paid:
            purchase.bought_before = session.scalar(select(bought_before(email, now)))
        session.add(purchase)
        session.flush()
        if paid:
            count_bookings(session, [write_entry(session, _booked(purchase, now), purchase.id)])
            count_sale(session, purchase)
    return purchase


def _booked(purchase: AlbumPurchase, now: datetime) -> Booking:
    """The charge, as Stripe books it."""
    assert purchase.fee is not None
    return Booking(
        stripe_id=f"txn_{secrets.token_hex(12)}",
        type="charge",
        source=purchase.stripe_charge_id,
        amount=purchase.amount,
        fee=purchase.fee,
        net=purchase.amount - purchase.fee,
        currency=purchase.currency,
        created=now,
    )


def link_in(message: EmailMessage) -> str:
    """The path of the one link in a mail's text; fails when there is none, or more than one."""
    [link] = re.findall(r"https?://\S+", Mailbox.text(message))
    return str(re.sub(r"^https?://[^/]+", "", link))
