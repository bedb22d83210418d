"""Whatever goes wrong is a page of the shop with a way on, and one entry in the log that carries the page's number."""

import logging
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from webtest import TestApp

from storefront.models import Album, writing
from storefront.web.views import errors
from tests.support.databases import out_of_reach

Shelve = Callable[..., Album]


def noted(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name.startswith("storefront")]


def test_not_found(app: TestApp, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    page = app.get("/nothing/here", status=404)
    assert page.html.select_one("a.button")["href"] == "/albums"
    assert page.headers["X-Request-Id"] in page.html.select_one("main").text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert [record.getMessage() for record in noted(caplog)] == ["GET no route: 404 Not Found"]


def test_what_may_hold_a_secret_is_not_logged(app: TestApp, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app.get("/library/receipt/" + "s" * 43, status=404)
    app.get("/library/receipt/" + "s" * 43 + "/x/y/z", status=404)
    assert "sss" not in caplog.text


def test_a_method_that_a_page_does_not_take(app: TestApp, shelve: Shelve) -> None:
    shelve()
    for path in ("/", "/albums", "/albums/low-tide", "/search", "/help"):
        page = app.post(path, status=405)
        assert page.headers["Allow"] == "GET, HEAD", path
        assert page.html.h1
    assert app.delete("/albums", status=405).html.h1
    assert app.get("/store/complete/low-tide", status=405).headers["Allow"] == "POST"


def test_a_form_from_elsewhere_is_refused_and_nothing_is_charged(app: TestApp, shelve: Shelve) -> None:
    shelve()
    page = app.post("/store/complete/low-tide", {"email": "a@example.com"}, status=403)
    assert "nothing was charged" in page.html.select_one(".lead-in").text


def test_a_fault_of_ours_is_logged_once_with_its_cause_and_the_pages_number(
    app: TestApp, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    with writing(session):
        session.execute(text("DELETE FROM catalogue_version"))
    page = app.get("/", status=500)
    assert "Something broke" in page.html.h1.text
    assert page.html.select_one("a.button")["href"] == "/"
    [record] = noted(caplog)
    assert record.levelno == logging.ERROR
    assert record.exc_info
    assert "Traceback" not in page.text
    assert "catalogue_version" not in page.text
    assert page.headers["X-Request-Id"] in page.html.select_one("main").text


def test_a_database_that_does_not_answer_is_a_pause(app: TestApp, caplog: pytest.LogCaptureFixture) -> None:
    app.get("/", status=200)
    with out_of_reach(app.app.registry.wiring.engine):
        for path in ("/", "/albums/low-tide", "/store/buy/low-tide"):
            caplog.clear()
            page = app.get(path, status=503)
            assert page.headers["Retry-After"] == "30"
            assert "busy" in page.html.h1.text
            assert len(noted(caplog)) == 1
            assert page.headers["X-Request-Id"] in page.html.select_one("main").text
    app.get("/", status=200)


def test_doubled_and_broken_fields_are_bad_requests(app: TestApp) -> None:
    for query in ("q=a&q=b", "q=%ff", "q=%00", "&".join(f"a{number}=1" for number in range(200))):
        assert app.get(f"/search?{query}", status=400).html.h1, query[:20]


def test_every_domain_error_of_the_store_has_its_page() -> None:
    def all_below(error: type[Exception]) -> set[type[Exception]]:
        return {error for below in error.__subclasses__() for error in (below, *all_below(below))}

    assert set(errors.STORE) == all_below(errors.store.StoreError)


def test_the_words_are_calm() -> None:
    pages = [*errors.PAGES.values(), *(words for _, words in errors.STORE.values()), errors.UNEXPECTED, errors.EXPIRED]
    for words in pages:
        assert words.sentence.endswith("."), words
        assert "!" not in words.title + words.sentence
        assert not any(word in words.sentence.lower() for word in ("error", "invalid", "exception", "http", "csrf"))
