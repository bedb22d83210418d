"""The desk in a real browser: what answers a customer's mail in a minute."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from storefront.models import Album, AlbumPurchase, Refund
from storefront.services.library.log import note_download
from storefront.services.store.buyers import Visitor
from storefront.services.store.ordering import Buyer, OrderBook
from storefront.services.store.purchasing import StoreService
from tests.support.people import make_owner
from tests.support.shop import Shop
from tests.support.signing_in import open_signed_in

OpenPage = Callable[..., Page]
OWNER = "desk@example.com"
NETWORK = "198.51.100.7"


@pytest.fixture(scope="module")
def owner(shop: Shop) -> str:
    with shop.wiring.sessions() as session:
        make_owner(session, OWNER)
    return OWNER


@pytest.fixture
def customer(shop: Shop) -> str:
    """Somebody who has bought an album, fetched it once, and has an address that nobody else has."""
    email = f"{secrets.token_hex(4)}@example.com"
    with shop.wiring.sessions() as session:
        album = session.scalars(select(Album).where(Album.slug == "low-tide")).one()
        orders = OrderBook(session, "MUSIC", today=lambda: datetime.now(UTC).date())
        service = StoreService(session, shop.wiring.processor, shop.wiring.links, orders)
        buyer = Buyer(Visitor.of(None, secrets.token_hex(22)[:43]), email)
        purchase = service.purchase_album(album, buyer, album.price, shop.sandbox.token("pm_card_visa"))
        note_download(session, [purchase], "flac", NETWORK, datetime.now(UTC))
    return email


@pytest.fixture
def desk(open_page: OpenPage, owner: str) -> Callable[..., Page]:
    """The list of purchases, signed in."""

    return lambda **options: open_signed_in(open_page(**options), owner, "/admin/purchases")


def find(page: Page, words: str) -> None:
    """The one purchase that is found by these words."""
    page.get_by_label("Search").last.fill(words)
    page.get_by_role("button", name="Find", exact=True).click()
    row = page.locator(".ledger tbody tr")
    expect(row).to_have_count(1)
    row.get_by_role("link").first.click()
    page.wait_for_url("**/admin/purchases/*")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "none"])
def test_a_customer_writes_that_the_download_failed(
    desk: Callable[..., Page], shop: Shop, customer: str, javascript: bool
) -> None:
    page = desk(javascript=javascript)
    find(page, customer)
    happened = page.locator(".time-line")
    expect(happened).to_contain_text(f"Fetched flac from {NETWORK}")
    page.get_by_role("button", name="Send the receipt again").click()
    expect(page.get_by_role("status")).to_contain_text(f"on its way to {customer}")
    expect(happened).to_contain_text(f"{OWNER}: receipt sent again")


def test_a_refund_of_half(desk: Callable[..., Page], shop: Shop, customer: str) -> None:
    """On a telephone, and with a double click."""
    page = desk(width=360, height=740)
    find(page, customer)
    page.get_by_role("link", name="Give money back").click()
    expect(page.locator("main")).to_contain_text(f"The buyer gets a mail to {customer}")
    page.get_by_label("Amount in EUR").fill("10")
    page.get_by_role("button", name="Give it back").click()
    expect(page.locator("#amount-error")).to_contain_text("9.00 EUR is all")
    page.get_by_label("Amount in EUR").fill("4.50")
    page.get_by_role("button", name="Give it back").dblclick()
    expect(page.locator(".time-line")).to_contain_text("Refund of €4.50: succeeded")
    expect(page.locator(".figures")).to_contain_text("€4.50")
    with shop.wiring.sessions() as session:
        purchase = session.scalars(select(AlbumPurchase).where(AlbumPurchase.email == customer)).one()
        refunds = session.scalars(select(Refund).where(Refund.purchase_id == purchase.id)).all()
        assert [(refund.amount, refund.requested_by) for refund in refunds] == [(450, OWNER)]
        assert purchase.has_access


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_of_a_purchase_are_for_everybody(
    desk: Callable[..., Page], axe: Callable[[Page], None], customer: str, dark: bool
) -> None:
    page = desk(dark=dark, width=320, height=640)
    page.locator("summary").click()
    find(page, customer)
    one = page.url
    for address in ("/admin/purchases?state=paid", "/admin/audit", one, f"{one}/refund"):
        page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        expect(page.locator("h1")).to_have_count(1)
