"""Signing up, the library and the desk in a real browser: axe, narrow telephones, the keyboard, and no JavaScript."""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from storefront.jobs import Lane
from storefront.models import Album, writing
from storefront.services.library.receipt_links import make_receipt_link
from storefront.services.shop.receipts import write_receipt
from storefront.services.store.buyers import account_key, browser_key
from storefront.tasks import make_worker
from tests.support.people import PASSWORD, link_in, make_customer, make_owner, make_purchase
from tests.support.shop import Shop

OpenPage = Callable[..., Page]
CUSTOMER, OWNER = "lina@example.com", "warden@example.com"


@pytest.fixture(scope="module")
def receipt(shop: Shop) -> str:
    """The path of a receipt's link, for two albums that CUSTOMER owns."""
    with shop.wiring.sessions() as session:
        customer = make_customer(session, CUSTOMER)
        make_owner(session, OWNER)
        for slug in ("low-tide", "long"):
            album = session.scalars(select(Album).where(Album.slug == slug)).one()
            purchase = make_purchase(session, album, buyer_key=account_key(customer), account=customer, email=CUSTOMER)
        with writing(session):
            write_receipt(session, purchase, datetime.now(UTC))
            return f"/library/receipt/{make_receipt_link(session, purchase, datetime.now(UTC))}"


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def private_pages(page: Page, receipt: str) -> list[str]:
    """The addresses that whoever is signed in on this page may see."""
    page.goto("/library")
    owned = page.locator(".owned h2 a").first
    return (
        ["/library", receipt, str(owned.get_attribute("href"))]
        if owned.count()
        else ["/admin/purchases", "/admin/mails"]
    )


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("email", [CUSTOMER, OWNER])
def test_axe_finds_nothing(
    open_page: OpenPage, axe: Callable[[Page], None], receipt: str, email: str, dark: bool
) -> None:
    page = open_page(dark=dark)
    sign_in(page, email)
    for address in private_pages(page, receipt):
        page.goto(address)
        for summary in page.locator("summary").all():
            summary.click()
        axe(page)


@pytest.mark.parametrize("email", [CUSTOMER, OWNER])
def test_nothing_is_wider_than_a_narrow_telephone(open_page: OpenPage, receipt: str, email: str) -> None:
    page = open_page(width=320, height=640)
    sign_in(page, email)
    for address in private_pages(page, receipt):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        expect(page.locator("h1")).to_have_count(1)


def test_an_account_by_keyboard_alone(open_page: OpenPage, shop: Shop) -> None:
    """From the form to the library, with the mail's link opened in the same browser."""
    page = open_page()
    page.goto("/sign-up")
    address = f"{secrets.token_hex(4)}@example.com"
    page.get_by_label("E-mail address").focus()
    page.keyboard.type(address)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    page.goto(mailed_link(shop, address))
    page.get_by_label("Password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Signed in as {address}.")).to_be_visible()


def mailed_link(shop: Shop, address: str) -> str:
    """The link in the one mail to this address, when the worker has sent it."""
    make_worker(shop.wiring).run_due(Lane.MAIL)
    deadline = time.monotonic() + 60
    while not shop.mailbox.to(address) and time.monotonic() < deadline:
        time.sleep(0.05)  # the shop's own worker may have it
    [message] = shop.mailbox.to(address)
    return link_in(message)


def test_a_download_from_the_shelf_without_javascript(open_page: OpenPage, receipt: str) -> None:
    page = open_page(javascript=False)
    sign_in(page, CUSTOMER)
    page.goto("/library")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="FLAC").first.click()
    path = waiting.value.path()
    assert waiting.value.suggested_filename.endswith(".zip")
    assert path.read_bytes()[:4] == b"PK\x03\x04"


def test_a_wrong_password_takes_the_reader_to_the_words(open_page: OpenPage, receipt: str) -> None:
    page = open_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(CUSTOMER)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title("Error: Sign in · Harbour Lights Records")
    expect(page.locator("[data-problems]")).to_be_focused()
    expect(page.get_by_label("E-mail address")).to_have_value(CUSTOMER)
    expect(page.get_by_label("Password")).to_have_value("")


def test_the_holder_of_a_receipt_signs_in_and_keeps_it(open_page: OpenPage, shop: Shop, receipt: str) -> None:
    with shop.wiring.sessions() as session:
        album = session.scalars(select(Album).where(Album.slug == "yen")).one()
        purchase = make_purchase(session, album, buyer_key=browser_key(secrets.token_hex(8)), email="guest@example.com")
        with writing(session):
            link = f"/library/receipt/{make_receipt_link(session, purchase, datetime.now(UTC))}"
        make_customer(session, "keeper@example.com")
    page = open_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in and keep it in my library").click()
    page.get_by_label("E-mail address").fill("keeper@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Keep it in my library").click()
    expect(page.get_by_text("It is in your library.")).to_be_visible()


def test_the_receipt_prints_on_one_page(open_page: OpenPage, receipt: str) -> None:
    page = open_page()
    page.goto(receipt)
    page.emulate_media(media="print")
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height < 297 / 25.4 * 96, f"{height} px is more than one A4"
