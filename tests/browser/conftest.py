"""A real shop in a real Chromium. Whatever the browser complains of, a test fails of, without asking."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page

from tests.factories import make_album
from tests.support.pages import Watched, accessibility_problems
from tests.support.shop import Shop, running_shop

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One shop for all browser tests, with a small catalogue; each test comes as a new browser."""
    with running_shop(tmp_path_factory.mktemp("shop")) as shop:
        fill(shop)
        yield shop


#: Albums of every kind that a page shows differently.
CATALOGUE: tuple[dict[str, Any], ...] = (
    {},
    {"slug": "free", "title": "A Free Album", "amount": 0, "cover": "#5d732f", "released": "2026-10-02"},
    {"slug": "yen", "title": "野帳", "amount": 1200, "currency": "jpy", "cover": None, "released": "2026"},
    {"slug": "soon", "title": "Not Yet", "released": "2126-12-04", "cover": "#732f5d"},
    {
        "slug": "long",
        "title": "What We Found When We Went Down to the Water and the Water Had Already Gone to Look for Us",
        "artists": ("Mara Quist", "The Slow Hours"),
        "tracks": [f"Part {number}" for number in range(1, 13)],
        "discs": 2,
        "currency": "usd",
        "released": "2026-09",
    },
)


def fill(shop: Shop) -> None:
    for album in CATALOGUE:
        with shop.wiring.sessions() as session:
            make_album(session, shop.wiring.storage, **album)


@pytest.fixture
def open_page(browser: Browser, shop: Shop) -> Iterator[OpenPage]:
    """Pages of new browsers (nothing in common but the shop); each is watched until the test ends.

    open_page(width=1280, height=900, dark=False, javascript=True, zone=None). `page.goto("/albums")` is the shop's.
    """
    watched: list[Watched] = []

    def open_page(
        *, width: int = 1280, height: int = 900, dark: bool = False, javascript: bool = True, zone: str | None = None
    ) -> Page:
        context = browser.new_context(
            base_url=shop.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            locale="en-GB",
            timezone_id=zone,
            reduced_motion="reduce",
        )
        watched.append(Watched(context, own=(shop.url, shop.sandbox.url)))
        return context.new_page()

    yield open_page
    shop.sandbox.forget_faults()
    problems = [problem for one in watched for problem in one.close()]
    assert problems == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A new browser, 1280 px wide, in light colours."""
    return open_page()


@pytest.fixture
def axe() -> Callable[[Page | Frame], None]:
    """Fails with what axe finds on a page and in its frames. https://github.com/dequelabs/axe-core"""

    def check(page: Page | Frame) -> None:
        frames = page.frames if isinstance(page, Page) else [page]
        assert [problem for frame in frames for problem in accessibility_problems(frame)] == []

    return check
