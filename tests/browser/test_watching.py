"""The watch over the pages itself: what it is there to notice, it notices."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.pages import Watched, accessibility_problems
from tests.support.shop import Shop


@pytest.fixture
def watched(browser: Browser, shop: Shop) -> Iterator[tuple[Watched, Page]]:
    context = browser.new_context(base_url=shop.url)
    watched = Watched(context, own=(shop.url,))
    page = context.new_page()
    page.goto("/help")
    yield watched, page
    watched.close()


def test_a_script_in_the_page_is_a_violation(watched: tuple[Watched, Page]) -> None:
    watch, page = watched
    with page.expect_console_message(lambda message: message.text.startswith("CSP: ")):
        page.evaluate(
            """document.body.append(Object.assign(document.createElement("script"), {text: "window.ran = 1"}))"""
        )
    assert page.evaluate("window.ran") is None
    assert any("script-src-elem refused inline on /help" in problem for problem in watch.problems)


def test_a_picture_of_a_stranger_is_noticed_and_blocked(watched: tuple[Watched, Page]) -> None:
    watch, page = watched
    with page.expect_console_message(lambda message: message.text.startswith("CSP: ")):
        page.evaluate("""() => { new Image().src = "http://192.0.2.1/pixel.gif" }""")
    assert any("img-src refused http://192.0.2.1/pixel.gif" in problem for problem in watch.problems)


def test_an_error_in_a_script_is_noticed(watched: tuple[Watched, Page]) -> None:
    watch, page = watched
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('broken') }, 0)")
    assert any("broken" in problem for problem in watch.problems)


def test_a_file_that_is_missing_is_noticed_but_not_a_page_that_is_an_error(watched: tuple[Watched, Page]) -> None:
    watch, page = watched
    page.goto("/nothing-here")
    assert watch.problems == []
    with page.expect_console_message():
        page.evaluate("fetch('/static/nothing.js')")
    assert any("404" in problem for problem in watch.problems)


def test_axe_finds_a_field_without_a_label(watched: tuple[Watched, Page]) -> None:
    _, page = watched
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    assert any("label" in problem for problem in accessibility_problems(page.main_frame))
