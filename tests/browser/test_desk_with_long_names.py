"""The desk with the longest names there are, and with mistakes: nothing is out of sight, and nobody loses the place."""

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from storefront.models import Album, AlbumPurchase, Dispute, Mail, MailKind, writing
from storefront.services.store.buyers import browser_key
from tests.support.people import make_owner, make_purchase
from tests.support.shop import Shop
from tests.support.signing_in import open_signed_in

OWNER = "porter@example.com"
DISPUTE = "du_of_a_long_name"


@pytest.fixture(scope="module")
def purchase(shop: Shop) -> AlbumPurchase:
    """Of an album with a long title, by an address of 254 characters, disputed, with a mail that was not sent."""
    now, email = datetime.now(UTC), f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 49}.example.com"
    with shop.wiring.sessions() as session:
        make_owner(session, OWNER)
        album = session.scalars(select(Album).where(Album.slug == "long")).one()
        purchase = make_purchase(session, album, buyer_key=browser_key(secrets.token_hex(22)[:43]), email=email)
        of_it = {"purchase_id": purchase.id, "created": now}
        with writing(session):
            session.add(
                Mail(key=f"test:{email[:60]}", kind=MailKind.RECEIPT, recipient=email, error="x" * 500, **of_it)
            )
            session.add(
                Dispute(
                    stripe_dispute_id=DISPUTE,
                    amount=900,
                    currency="usd",
                    status="needs_response",
                    reason="fraudulent",
                    evidence_due=now + timedelta(hours=20),
                    **of_it,
                )
            )
        return purchase


#: An address, and the column that whoever opens it came for.
LISTS = {
    "/admin/purchases": ".amount >> nth=-1",
    "/admin/customers": ".amount >> nth=0",
    "/admin/disputes": ".state >> nth=0",
    "/admin/mails?unsent=": "button",
    "/admin/audit": "td >> nth=-1",
    "/admin/settings/machine": "td >> nth=-1",
}


@pytest.mark.parametrize("width", [360, 1280])
def test_one_long_name_hides_no_column(
    open_page: Callable[..., Page], purchase: AlbumPurchase, axe: Callable[[Page], None], width: int
) -> None:
    page = open_signed_in(open_page(width=width), OWNER, "/admin/purchases")
    for address, column in LISTS.items():
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        for row in page.locator(".ledger tbody tr").all()[:5]:
            box = row.locator(column).bounding_box()
            assert box, address
            assert box["x"] + box["width"] <= width, address
        axe(page)


def test_after_a_mistake_the_summary_has_the_focus(open_page: Callable[..., Page], purchase: AlbumPurchase) -> None:
    """By keyboard: from the field to the button, and from the summary's link back to the field."""
    page = open_signed_in(open_page(), OWNER, "/admin/purchases")
    one = f"/admin/purchases/{purchase.public_id}"
    mistakes = {
        "/admin?since=2026-01-01": ("From", "soon"),
        "/admin/purchases?since=2026-01-01": ("Currency", "sea"),
        f"/admin/disputes/{DISPUTE}": ("Network address at the purchase", "far away"),
        f"/admin/customers/{purchase.email}/address": ("The right address", "nowhere"),
        f"{one}/refund": ("Amount in USD", "all"),
        one: ("To remember", " "),
        "/admin/settings": ("Currencies", "seashells"),
    }
    for address, (label, typed) in mistakes.items():
        page.goto(address)
        field = page.get_by_label(label, exact=True)
        field.fill(typed)
        form = page.locator("form", has=field)
        form.locator("button").first.focus()
        page.keyboard.press("Enter")
        problems = page.locator(".problems")
        expect(problems).to_be_focused()
        expect(page).to_have_title(re.compile("^Error: "))
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_label(label, exact=True)).to_be_focused()
        assert page.get_by_label(label, exact=True).input_value() == typed.strip()
