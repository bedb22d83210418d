"""Pages that say "not now": what was typed is kept, and one press goes on where it stopped."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from storefront.models import CheckoutClosure, CountedTry, writing
from storefront.services.store.declining import MOST_OF_A_NETWORK
from tests.browser.test_checkout import Till, expect_success
from tests.support.shop import Shop

OpenPage = Callable[..., Page]


@pytest.fixture
def closed(shop: Shop) -> Iterator[Callable[[], None]]:
    """Nothing is sold from the moment on that a test enters, until it calls what this gives."""
    now = datetime.now(UTC)

    def reopen() -> None:
        with shop.wiring.sessions() as session, writing(session):
            session.execute(delete(CheckoutClosure))

    with shop.wiring.sessions() as session, writing(session):
        session.add(CheckoutClosure(since=now, backup_made=now))
    yield reopen
    reopen()


@pytest.fixture
def declined_often(shop: Shop) -> Iterator[None]:
    """At this machine's address."""
    with shop.wiring.sessions() as session, writing(session):
        now = datetime.now(UTC)
        session.add_all(CountedTry(subject="decline network 127.0.0.1", at=now) for _ in range(MOST_OF_A_NETWORK))
    yield
    with shop.wiring.sessions() as session, writing(session):
        session.execute(delete(CountedTry))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_checkout_closes_while_the_card_is_typed(
    open_page: OpenPage, axe: Callable[[Page], None], request: pytest.FixtureRequest, dark: bool
) -> None:
    page = open_page(width=360, height=740, dark=dark)
    till = Till(page)
    till.fill()
    reopen = request.getfixturevalue("closed")
    page.get_by_role("button", name=re.compile("Pay ")).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Back in a moment")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    axe(page)
    reopen()
    page.get_by_role("button", name="Pay €9.00").click()
    expect_success(page)


def test_a_closed_checkout_takes_no_card(open_page: OpenPage, axe: Callable[[Page], None], closed: object) -> None:
    page = open_page(width=360, height=740)
    page.goto("/store/buy/low-tide")
    expect(page.get_by_role("heading", level=1)).to_have_text("Back in a moment")
    expect(page.get_by_role("link", name="Try again")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_count(0)
    axe(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_too_many_declines(open_page: OpenPage, axe: Callable[[Page], None], declined_often: None, dark: bool) -> None:
    page = open_page(width=360, height=740, dark=dark)
    till = Till(page)
    till.pay()

    expect(page.get_by_role("alert")).to_contain_text("Nothing was charged")
    expect(page.get_by_label("E-mail address")).to_have_value("ana@example.com")
    expect(till.card.get_by_label("Card number")).to_be_visible()
    axe(page)
