"""The desk in a real browser: what answers a customer's mail in a minute."""

import csv
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from storefront.models import Album, AlbumPurchase, LedgerEntry, Refund, writing
from storefront.services.library.log import note_download
from storefront.services.store.buyers import Visitor, browser_key
from storefront.services.store.ordering import Buyer, OrderBook
from storefront.services.store.purchasing import StoreService
from tests.support.people import make_owner, make_purchase
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


def test_months_end_for_the_accountant(desk: Callable[..., Page], shop: Shop, tmp_path: Path) -> None:
    """Last month, as a table for a spreadsheet, in two clicks; its sums are the ledger's."""
    today = datetime.now(UTC).astimezone(shop.wiring.settings.shop_timezone).replace(hour=12)
    last_month = today.replace(day=1) - timedelta(days=3)
    with shop.wiring.sessions() as session:
        albums = {row.slug: row for row in session.scalars(select(Album).where(Album.slug.in_(["low-tide", "long"])))}
        sold = [
            make_purchase(session, albums[slug], buyer_key=browser_key(secrets.token_hex(22)[:43]), at=at)
            for slug, at in (("low-tide", last_month), ("long", last_month), ("low-tide", today - timedelta(days=80)))
        ]
        back = LedgerEntry(stripe_id=secrets.token_hex(8), purchase_id=sold[0].id, type="refund", source="re_1",
                           amount=-400, fee=0, net=-400, currency="eur", created=today)  # fmt: skip
        with writing(session):
            session.add(back)
            session.execute(update(AlbumPurchase).where(AlbumPurchase.id == sold[0].id).values(refunded=400))
        booked = select(LedgerEntry.currency, func.sum(LedgerEntry.fee), func.sum(LedgerEntry.net)).where(
            LedgerEntry.purchase_id.in_([sold[0].id, sold[1].id])
        )
        ledger = {row[0].upper(): (int(row[1]), int(row[2])) for row in session.execute(booked.group_by("currency"))}
    page = desk()
    page.get_by_role("link", name="Last month").click()
    expect(page.locator(".ledger tbody tr")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("link", name="as a table for a spreadsheet").click()
    download.value.save_as(tmp_path / "month.csv")
    lines = list(csv.DictReader((tmp_path / "month.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert {line["order"] for line in lines} == {sold[0].public_id, sold[1].public_id}
    sums: dict[str, tuple[int, int]] = {}
    for line in lines:
        fee, net = sums.get(line["booked_currency"], (0, 0))
        sums[line["booked_currency"]] = fee + cents(line["fee"]), net + cents(line["net"])
        assert cents(line["net"]) == cents(line["gross"]) - cents(line["refunded"]) - cents(line["fee"])
    assert sums == ledger


def cents(written: str) -> int:
    return int(written.replace(".", ""))


def test_times_are_those_of_whoever_looks(desk: Callable[..., Page], customer: str) -> None:
    """And in the shop's zone, by its name, where no script runs."""
    shown = []
    for javascript in (True, False):
        page = desk(javascript=javascript, zone="Asia/Kathmandu")
        find(page, customer)
        time = page.locator(".time-line time").first
        shown.append(time.inner_text())
        utc = datetime.fromisoformat(str(time.get_attribute("datetime")))
        assert time.get_attribute("title") == f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    assert f"{utc + timedelta(hours=5, minutes=45):%M:%S}" in shown[0]
    assert "UTC" not in shown[0]
    assert f"{utc:%M:%S}" in shown[1]
    assert shown[1].endswith(" UTC")
