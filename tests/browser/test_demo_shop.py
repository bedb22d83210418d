"""The demo as `storefront run` shows it: a cover on every sleeve, music that plays, and its picture in the README."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from storefront.cli.demo import fill_shop
from tests.support.pages import Watched, accessibility_problems
from tests.support.shop import Shop, running_shop
from tests.support.waiting import wait_until

PICTURE = Path(__file__).parents[2] / "docs" / "shop.png"
ALL_LOADED = "() => [...document.images].every((picture) => picture.complete && picture.naturalWidth > 0)"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with running_shop(tmp_path_factory.mktemp("demo")) as shop:
        fill_shop(shop.wiring)
        yield shop


@pytest.fixture
def open_demo(browser: Browser, demo: Shop) -> Iterator[Callable[..., Page]]:
    watched: list[Watched] = []

    def open_demo(address: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        context = browser.new_context(
            base_url=demo.url, viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        watched.append(Watched(context, own=(demo.url, demo.sandbox.url)))
        page = context.new_page()
        page.goto(address)
        return page

    yield open_demo
    assert [problem for one in watched for problem in one.close()] == []


def load_all(page: Page) -> None:
    """Pictures below the fold are loaded when they are scrolled to."""
    page.evaluate("for (const picture of document.images) picture.loading = 'eager'")
    wait_until(page, ALL_LOADED)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_album_has_its_cover_and_a_page_without_fault(
    open_demo: Callable[..., Page], width: int, dark: bool
) -> None:
    page = open_demo("/albums", width=width, dark=dark)
    load_all(page)
    albums = set(page.locator("a[href^='/albums/']").evaluate_all("links => links.map(link => link.pathname)"))
    assert len(albums) >= 6
    for address in sorted(albums):
        page.goto(address)
        load_all(page)
        assert page.locator("main img").count() >= 1, address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert accessibility_problems(page.main_frame) == []


def test_the_music_plays_from_the_first_click(open_demo: Callable[..., Page]) -> None:
    page = open_demo("/albums/low-tide")
    page.get_by_role("button", name=re.compile("^Play")).first.click()
    seek = page.get_by_role("slider", name=re.compile("^Position in"))
    expect(seek).to_have_attribute("aria-valuetext", re.compile("^0:0[1-9] of 0:[2-9]"))


def test_the_picture_in_the_readme_is_of_this_shop(open_demo: Callable[..., Page], pytestconfig: pytest.Config) -> None:
    page = open_demo("/", height=1180)
    load_all(page)
    page.evaluate("document.fonts.ready")
    picture = page.screenshot()
    if pytestconfig.getoption("--rewrite-screenshot"):
        PICTURE.write_bytes(picture)
    assert PICTURE.read_bytes()[:24] == picture[:24], (
        "docs/shop.png is of another size; --rewrite-screenshot makes it anew"
    )
