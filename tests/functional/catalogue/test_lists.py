"""A visitor walks along the shelves: the front, all albums page by page, artists."""

import html
from collections.abc import Callable

from sqlalchemy.orm import Session
from webtest import TestApp

from storefront.models import Album, AlbumState
from tests.bench.catalogue import fill

Shelve = Callable[..., Album]


def titles(page: object) -> list[str]:
    return [link.text for link in page.html.select(".shelf .title a")]  # type: ignore[attr-defined]


def test_an_empty_shop_says_what_will_be_here(app: TestApp) -> None:
    assert "on its way" in app.get("/").html.h1.text
    assert "on its way" in app.get("/albums").html.select_one(".empty").text
    assert app.get("/artists").html.select_one(".empty")


def test_the_front_shows_the_newest_that_is_sold_and_then_the_others(app: TestApp, shelve: Shelve) -> None:
    shelve(slug="old", title="Old", released="2019")
    shelve(slug="new", title="New", released="2021-03-02", description="The *new* one.")
    shelve(slug="soon", title="Soon", released="2999")
    shelve(slug="draft", title="Draft", released="2022", state=AlbumState.DRAFT)
    shelve(slug="gone", title="Gone", released="2022", state=AlbumState.WITHDRAWN)
    page = app.get("/")
    assert page.html.select_one(".front h1").text == "New"
    assert page.html.select_one(".front em").text == "new"
    assert titles(page) == ["Soon", "Old"]
    assert "All 3 albums" in page.text


def test_the_front_shows_at_most_twelve_others(app: TestApp, session: Session) -> None:
    fill(session, 20, tracks=1)
    page = app.get("/")
    assert page.html.select_one(".front h1 a")["href"] == "/albums/album-0"
    links = [link["href"] for link in page.html.select(".shelf .title a")]
    assert links == [f"/albums/album-{number}" for number in range(1, 13)]


def test_all_albums_page_by_page_newest_first(app: TestApp, session: Session) -> None:
    fill(session, 50, tracks=1)
    page, seen, sizes = app.get("/albums"), [], []
    while True:
        links = [link["href"] for link in page.html.select(".shelf .title a")]
        seen += links
        sizes.append(len(links))
        older = page.html.select_one("a[rel=next]")
        if not older:
            break
        page = app.get(html.unescape(older["href"]))
    assert sizes == [24, 24, 2]
    assert seen == [f"/albums/album-{number}" for number in range(50)]
    assert page.html.select_one("a[rel=prev]")["href"] == "/albums?page=2"


def test_a_page_after_the_last_is_not_found_but_leads_back(app: TestApp, shelve: Shelve) -> None:
    shelve()
    page = app.get("/albums?page=2", status=404)
    assert page.html.select_one(".empty a")["href"] == "/albums"


def test_what_is_no_number_of_a_page_is_not_found(app: TestApp) -> None:
    for number in ("0", "-1", "x", "1.5", "", "٣", "1" * 30):
        app.get("/albums", {"page": number}, status=404)
        app.get("/search", {"q": "low", "page": number}, status=404)


def test_artists_are_listed_by_name_with_their_albums(app: TestApp, shelve: Shelve) -> None:
    shelve(slug="a", artists=["Zoe", "álvaro"])
    shelve(slug="b", artists=["Zoe"])
    shelve(slug="c", artists=["Hidden"], state=AlbumState.DRAFT)
    lines = [" ".join(item.stripped_strings) for item in app.get("/artists").html.select(".names li")]
    assert lines == ["álvaro one album", "Zoe 2 albums"]


def test_an_artists_page_has_their_albums_newest_first(app: TestApp, shelve: Shelve) -> None:
    shelve(slug="a", title="First", released="2019", artists=["Ida Ferro"])
    shelve(slug="b", title="Second", released="2020", artists=["Mara Quist", "Ida Ferro"])
    shelve(slug="c", title="Secret", artists=["Ida Ferro"], state=AlbumState.DRAFT)
    shelve(slug="d", title="Other", artists=["Mara Quist"])
    page = app.get("/artists/ida-ferro")
    assert page.html.h1.text == "Ida Ferro"
    assert "Ida Ferro sings and plays." in page.text
    assert titles(page) == ["Second", "First"]


def test_an_artist_without_a_public_album_is_not_found(app: TestApp, shelve: Shelve) -> None:
    shelve(artists=["Hidden"], state=AlbumState.DRAFT)
    app.get("/artists/hidden", status=404)
    app.get("/artists/nobody", status=404)


def test_public_pages_set_no_cookie_and_hold_no_token(app: TestApp, shelve: Shelve) -> None:
    shelve()
    for path in ("/", "/albums", "/albums/low-tide", "/artists", "/artists/mara-quist", "/search?q=low", "/help"):
        page = app.get(path)
        assert "Set-Cookie" not in page.headers, path
        assert "csrf" not in page.text.lower(), path
