"""A customer writes that no receipt came: the address was typed wrong. Staff find it, the owner corrects it."""

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from storefront.jobs import enqueue
from storefront.models import Album, Job, writing
from tests.support.people import make_owner, make_purchase, make_staff
from tests.support.shop import Shop
from tests.support.signing_in import open_signed_in

OpenPage = Callable[..., Page]
OWNER, STAFF = "customers-owner@example.com", "customers-staff@example.com"


@pytest.fixture(scope="module")
def people(shop: Shop) -> None:
    with shop.wiring.sessions() as session:
        make_owner(session, OWNER)
        make_staff(session, STAFF)


@pytest.fixture
def wrong(shop: Shop, people: None) -> str:
    """The address that somebody has bought with."""
    name = secrets.token_hex(4)
    with shop.wiring.sessions() as session:
        album = session.scalars(select(Album).where(Album.slug == "low-tide")).one()
        make_purchase(session, album, buyer_key=f"browser:{name}", email=f"{name}@exmaple.com")
    return f"{name}@exmaple.com"


def find(page: Page, email: str) -> None:
    page.get_by_label("Search").last.fill(email[:8])
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("link", name=email).click()
    expect(page.locator("h1")).to_have_text(email)


def test_an_address_was_typed_wrong(open_page: OpenPage, shop: Shop, wrong: str) -> None:
    """On a telephone, by the keyboard where it counts, and with a double click."""
    staff = open_signed_in(open_page(width=360, height=740), STAFF, "/admin/customers")
    find(staff, wrong)
    expect(staff.get_by_role("link", name="Correct it")).to_have_count(0)

    page = open_signed_in(open_page(width=360, height=740), OWNER, "/admin/customers")
    find(page, wrong)
    page.get_by_role("link", name="Correct it").click()
    expect(page.locator("main")).to_contain_text("All purchases with the old address have the new one")
    page.get_by_label("The right address").press("Enter")
    expect(page.locator("#email-error")).to_contain_text("Enter your e-mail address")
    right = wrong.replace("exmaple", "example")
    page.get_by_label("The right address").fill(right)
    page.get_by_role("button", name="Correct it").dblclick()
    expect(page.get_by_role("status")).to_contain_text("The address is corrected")
    expect(page.locator("h1")).to_have_text(right)
    expect(page.locator("main")).to_contain_text("receipt")
    page.get_by_role("link", name=re.compile("202")).first.click()
    expect(page.locator(".time-line")).to_contain_text(f"{OWNER}: address corrected: {wrong}, now {right}")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_are_for_everybody(
    open_page: OpenPage, shop: Shop, axe: Callable[[Page], None], wrong: str, dark: bool
) -> None:
    failed = f"broken:{secrets.token_hex(4)}"
    with shop.wiring.sessions() as session, writing(session):
        enqueue(session, "no_such_kind", key=failed)
        job = session.scalars(select(Job).where(Job.key == failed)).one()
        job.failed, job.error = job.created, "Traceback:\n  in a_function_with_a_long_name\nOSError: the disk is full"
    page = open_signed_in(open_page(dark=dark, width=320, height=640), OWNER, "/admin/jobs")
    page.locator("summary").first.click()
    for address in ("/admin/jobs", "/admin/mails?unsent=", "/admin/customers", f"/admin/customers/{wrong}",
                    f"/admin/customers/{wrong}/address", f"/admin/customers/{OWNER}"):  # fmt: skip
        if address != "/admin/jobs":
            page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        expect(page.locator("h1")).to_have_count(1)
