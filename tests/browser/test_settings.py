"""An artist gives the shop its own words and look, on a telephone; a visitor sees them."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from storefront.models import ShopText, TextKind, writing
from storefront.services.shop.identity.saving import count_up, take_settings
from tests.support.people import make_owner
from tests.support.shop import Shop
from tests.support.signing_in import open_signed_in

OpenPage = Callable[..., Page]
OWNER = "artist@example.com"
ACCENT = "getComputedStyle(document.documentElement).getPropertyValue('--accent')"
PAGES = ("", "/texts", "/look", "/mail", "/people", "/machine")


@pytest.fixture(scope="module")
def owner(shop: Shop) -> str:
    with shop.wiring.sessions() as session:
        make_owner(session, OWNER)
    return OWNER


@pytest.fixture
def as_it_was(shop: Shop) -> Iterator[None]:
    """Other tests look at the same shop."""
    yield
    with shop.wiring.sessions() as session, writing(session):
        row = take_settings(session)
        for name in ("name", "accent", "logo_digest", "logo_width", "logo_height"):
            setattr(row, name, None)
        now = datetime.now(UTC)
        session.add_all(ShopText(kind=kind, words="", digest="0" * 64, since=now) for kind in TextKind)
        count_up(row, now)


def logo() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGBA", (600, 150), (20, 20, 20, 255)).save(buffer, "PNG")
    return buffer.getvalue()


def test_an_artist_gives_the_shop_words_and_a_look(open_page: OpenPage, owner: str, as_it_was: None) -> None:
    page = open_signed_in(open_page(width=360), owner, "/admin/settings/texts")
    page.get_by_label("Terms").fill("# Who sells\n\nWe do.")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="Look", exact=True).click()
    expect(page.get_by_label("On light paper")).to_be_visible()
    page.wait_for_load_state()
    usual = page.evaluate(ACCENT)
    page.get_by_label("On light paper").fill("#ffee00")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("it is not saved yet")).to_be_visible()
    page.wait_for_load_state()  # its colours are a stylesheet of their own
    tried = page.evaluate(ACCENT)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_label("A picture").set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": logo()})
    page.get_by_role("button", name="Use this logo").click()
    expect(page.get_by_alt_text("The logo as it is")).to_be_visible()

    visitor = open_page(width=360)
    visitor.goto("/sign-in")
    visitor.goto("/help")
    shown = visitor.get_by_role("link", name="Harbour Lights Records").get_by_role("img")
    assert shown.evaluate("image => image.complete && image.naturalWidth") == 600
    assert visitor.evaluate(ACCENT) == tried != usual
    visitor.get_by_role("link", name="Terms").click()
    expect(visitor.get_by_role("heading", name="Who sells")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    open_page: OpenPage, axe: Callable[[Page], None], owner: str, dark: bool
) -> None:
    page = open_signed_in(open_page(width=360, dark=dark), owner, "/admin/settings")
    for address in PAGES:
        page.goto(f"/admin/settings{address}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
