"""The owner's first page in a real browser: a chart under the shop's policy, and the same numbers in a table."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from storefront.models import Album
from storefront.services.store.buyers import browser_key
from tests.support.people import make_owner, make_purchase
from tests.support.shop import Shop
from tests.support.signing_in import open_signed_in


def test_the_morning(open_page: Callable[..., Page], shop: Shop, axe: Callable[[Page], None]) -> None:
    """A chart is drawn, nothing is refused by the policy (the fixture looks), and a range is asked for by keyboard."""
    now = datetime.now(UTC)
    with shop.wiring.sessions() as session:
        make_owner(session, "morning@example.com")
        album = session.scalars(select(Album).where(Album.slug == "low-tide")).one()
        for days in (0, 3, 40):
            at = now - timedelta(days=days)
            make_purchase(session, album, buyer_key=browser_key(f"{days:043}"), email="dawn@example.com", at=at)

    page = open_signed_in(open_page(width=360, height=760), "morning@example.com", "/admin")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.locator(".chart canvas").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("summary", has_text="By day").first.click()
    expect(page.get_by_role("row").filter(has_text="€9.00").first).to_be_visible()
    axe(page)

    page.locator("summary", has_text="Other days").focus()
    page.keyboard.press("Enter")
    page.get_by_label("From").fill(f"{now - timedelta(days=45):%Y-%m-%d}")
    page.get_by_label("To", exact=True).fill(f"{now - timedelta(days=35):%Y-%m-%d}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 for the first time").or_(page.get_by_text("1 for the first time"))).to_be_visible()
    assert "since=" in page.url
