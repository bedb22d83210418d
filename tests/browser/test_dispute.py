"""A buyer goes to the bank, and the owner answers: by webhook, mail, desk, sandbox, and back again."""

import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from storefront.models import Album, AlbumPurchase, Dispute
from storefront.services.library.log import note_download
from storefront.services.store.buyers import Visitor
from storefront.services.store.ordering import Buyer, OrderBook
from storefront.services.store.purchasing import StoreService
from tests.support.people import link_in, make_owner
from tests.support.shop import Shop
from tests.support.signing_in import open_signed_in

OpenPage = Callable[..., Page]
OWNER = "disputes@example.com"
PATIENCE = 30.0


@pytest.fixture(scope="module")
def owner(shop: Shop) -> str:
    with shop.wiring.sessions() as session:
        make_owner(session, OWNER)
    return OWNER


def buy(shop: Shop, card: str = "pm_card_createDispute") -> str:
    """With a card whose holder goes to the bank a second later; the buyer's address, which nobody else has."""
    email = f"{secrets.token_hex(4)}@example.com"
    with shop.wiring.sessions() as session:
        album = session.scalars(select(Album).where(Album.slug == "low-tide")).one()
        orders = OrderBook(session, "MUSIC", today=lambda: datetime.now(UTC).date())
        service = StoreService(session, shop.wiring.processor, shop.wiring.links, orders)
        buyer = Buyer(Visitor.of(None, secrets.token_hex(22)[:43]), email)
        purchase = service.purchase_album(album, buyer, album.price, shop.sandbox.token(card))
        note_download(session, [purchase], "flac", "198.51.100.7", datetime.now(UTC))
    return email


def wait_for(shop: Shop, email: str, *statuses: str) -> Dispute:
    """Until the buyer's dispute stands so: Stripe's message has come, and was looked up."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with shop.wiring.sessions() as session:
            of_buyer = select(Dispute).join(Dispute.purchase).where(AlbumPurchase.email == email)
            dispute = session.scalar(of_buyer)
            if dispute is not None and dispute.status in statuses:
                return dispute
        time.sleep(0.2)
    raise AssertionError(f"no dispute of {email} is {statuses}")


def mailed_path(shop: Shop, name: str) -> str:
    """Where the owner's mail about this dispute leads."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for path in map(link_in, shop.mailbox.to(OWNER)):
            if path.endswith(name):
                return path
        time.sleep(0.2)
    raise AssertionError(f"no mail about {name}")


def has_access(shop: Shop, email: str) -> bool:
    with shop.wiring.sessions() as session:
        return session.scalars(select(AlbumPurchase).where(AlbumPurchase.email == email)).one().has_access


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "none"])
def test_a_dispute_is_answered_and_won(open_page: OpenPage, shop: Shop, owner: str, javascript: bool) -> None:
    """Read in the mail, on a telephone, answered by a double click; the music opens again by itself."""
    email = buy(shop)
    dispute = wait_for(shop, email, "needs_response")
    assert not has_access(shop, email)
    path = mailed_path(shop, dispute.stripe_dispute_id)
    page = open_signed_in(open_page(width=360, height=740, javascript=javascript), owner, path)
    expect(page.locator("main")).to_contain_text("did not make this payment")
    expect(page.get_by_label("What the buyer did")).to_have_value(
        re.compile(r"Downloaded the album as flac from the IP address 198\.51\.100\.7")
    )
    page.get_by_label("Everything else").fill("winning_evidence")
    page.get_by_role("button", name="look at what will be sent").click()
    expect(page.locator(".notice")).to_contain_text("Evidence can be sent once.")
    page.get_by_role("button", name="Send it to the bank").dblclick()
    page.wait_for_url(f"**{path}?done=*")
    expect(page.get_by_label("Everything else")).to_have_count(0)
    wait_for(shop, email, "won")
    page.goto(path)
    expect(page.locator(".state").first).to_have_text("won")
    [there] = [each for each in shop.sandbox.ledger()["disputes"] if each["id"] == dispute.stripe_dispute_id]
    assert there["evidence_details"]["submission_count"] == 1
    assert has_access(shop, email)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_of_disputes_are_for_everybody(
    open_page: OpenPage, shop: Shop, owner: str, axe: Callable[[Page], None], dark: bool
) -> None:
    dispute = wait_for(shop, buy(shop), "needs_response")
    one = f"/admin/disputes/{dispute.stripe_dispute_id}"
    page = open_signed_in(open_page(dark=dark, width=320, height=640), owner, "/admin/disputes")
    page.goto(one)
    page.get_by_label("What was sold").fill("")
    page.get_by_label("Network address").fill("her house")
    page.get_by_role("button", name="look at what will be sent").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter an address like")
    axe(page)
    page.get_by_label("Network address").fill("")
    page.get_by_role("button", name="look at what will be sent").click()
    page.wait_for_url(f"**{one}/send")
    for address in (page.url, "/admin/disputes", one, f"{one}/accept"):
        page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        expect(page.locator("h1")).to_have_count(1)
