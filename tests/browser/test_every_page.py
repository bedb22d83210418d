"""Every page that anybody may open: axe finds nothing, in light and dark, and the browser has nothing to say."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

PUBLIC = (
    "/",
    "/albums",
    "/albums/low-tide",
    "/albums/free",
    "/albums/yen",
    "/albums/soon",
    "/albums/long",
    "/artists",
    "/artists/mara-quist",
    "/search?q=tide",
    "/search?q=nothingatall",
    "/help",
    "/sign-in",
    "/sign-up",
    "/library",
    "/store/buy/low-tide",
    "/store/buy/free",
    "/nothing-here",
)


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(
    open_page: Callable[..., Page], axe: Callable[[Page], None], address: str, dark: bool
) -> None:
    page = open_page(dark=dark)
    page.goto(address)
    if page.locator("#checkout-data").count():
        page.wait_for_load_state("networkidle")  # the card fields are a frame of their own
    axe(page)


@pytest.mark.parametrize("address", PUBLIC)
def test_nothing_is_wider_than_a_narrow_telephone(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(width=320, height=640)
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    expect(page.locator("h1")).to_have_count(1)
