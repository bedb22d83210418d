"""A browser that comes again is told whether what it has is still true."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import time_machine
from sqlalchemy import event
from sqlalchemy.orm import Session
from webtest import TestApp

from storefront.models import Album, writing
from storefront.services.catalogue.version import bump_catalogue
from tests.bench.catalogue import fill

Shelve = Callable[..., Album]
PAGES = ("/", "/albums", "/albums/low-tide", "/artists", "/artists/mara-quist", "/search?q=low", "/help")


@contextmanager
def statements(app: TestApp) -> Iterator[list[str]]:
    """Every statement that the shop sends to its database inside the block, transactions' own included."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    engine = app.app.registry.wiring.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_known_page_is_not_sent_again_and_costs_one_statement(app: TestApp, shelve: Shelve) -> None:
    shelve()
    for path in PAGES:
        tag = app.get(path).headers["ETag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}'):
            with statements(app) as sent:
                answer = app.get(path, headers={"If-None-Match": known}, status=304)
            assert answer.body == b"", path
            assert answer.headers["ETag"] == tag
            assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert len(sent) == 1, (path, sent)


def test_a_change_of_the_catalogue_makes_pages_new(app: TestApp, shelve: Shelve, session: Session) -> None:
    album = shelve()
    tag = app.get("/albums/low-tide").headers["ETag"]
    with writing(session):
        album.title = "High Water"
        bump_catalogue(session)
    page = app.get("/albums/low-tide", headers={"If-None-Match": tag}, status=200)
    assert page.html.h1.text == "High Water"
    assert page.headers["ETag"] != tag


def test_a_release_day_makes_pages_new_when_it_begins_in_the_shops_time_zone(
    ini: dict[str, str], make_app: Callable[[dict[str, str]], TestApp], shelve: Shelve
) -> None:
    app = make_app({**ini, "shop.timezone": "Pacific/Auckland"})
    shelve(released="2031-05-10")
    with time_machine.travel("2031-05-09T11:59:59Z", tick=False):
        before = app.get("/albums/low-tide")
        assert not before.html.select(".buy a.button")
    with time_machine.travel("2031-05-09T12:00:00Z", tick=False):
        after = app.get("/albums/low-tide", headers={"If-None-Match": before.headers["ETag"]}, status=200)
        assert after.html.select(".buy a.button")


def test_another_name_of_the_shop_makes_pages_new(
    ini: dict[str, str], make_app: Callable[[dict[str, str]], TestApp]
) -> None:
    one, other = make_app(ini), make_app({**ini, "shop.name": "Low Sun Tapes"})
    assert one.get("/help").headers["ETag"] != other.get("/help").headers["ETag"]
    assert one.get("/help").headers["ETag"] == make_app(ini).get("/help").headers["ETag"]


def test_errors_have_no_name_and_are_not_kept(app: TestApp) -> None:
    for path in ("/albums/nothing", "/albums?page=9"):
        answer = app.get(path, status=404)
        assert "ETag" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_large_catalogue_takes_few_statements(app: TestApp, session: Session) -> None:
    outdated = {"If-None-Match": app.get("/help").headers["ETag"]}
    fill(session, 10_000, tracks=2)
    for path, most in [
        ("/albums/album-5000", 4),
        ("/albums", 4),
        ("/albums?page=200", 4),
        ("/search?q=quiet+garden", 4),
        ("/", 4),
        ("/artists/artist-7", 4),
        ("/artists", 4),
    ]:
        for headers in ({}, outdated):
            with statements(app) as sent:
                page = app.get(path, headers=headers, status=200)
            assert len(sent) <= most, sent
            assert "catalogue_version" in sent[0], "what names the page has to be read before what it names"
            assert "BEGIN" not in sent
            assert page.html.h1
    assert "10000 albums" in app.get("/albums").text


@pytest.mark.parametrize("forged", ["*", '"x"', '"', "W/", "x" * 5000])
def test_a_name_that_is_not_ours_gets_the_page(app: TestApp, forged: str) -> None:
    assert app.get("/help", headers={"If-None-Match": forged}, status=200).html.h1
