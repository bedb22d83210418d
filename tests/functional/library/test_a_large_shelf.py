"""A shelf of many albums can be searched and sorted; a small one is left in peace."""

import pytest

from storefront.services.store.buyers import browser_key
from tests.factories import make_album
from tests.support.people import buyer_token, make_purchase

ALBUMS = (
    ("Orbit", "Kenji"),
    ("Älteste Lieder", "Zoë"),
    ("Low Tide", "Mara Quist"),
    ("Second Tide", "Mara Quist"),
    ("野帳", "Émile"),
    ("evening post", "Sam"),
    ("What's Left", "Ana & Sam"),
)


@pytest.fixture
def shelf(app, session, wiring):
    """Albums bought one after the other by `app`'s browser."""
    albums = [
        make_album(session, wiring.storage, slug=f"album-{number}", title=title, artists=[artist], cover=None)
        for number, (title, artist) in enumerate(ALBUMS)
    ]
    key = browser_key(buyer_token(app, albums[0]))
    return [make_purchase(session, album, buyer_key=key) for album in albums]


def titles(page):
    return [title.text for title in page.html.select(".owned h2")]


def test_it_is_searched_by_the_beginnings_of_words(app, shelf):
    form = app.get("/library").forms[0]
    form["q"] = "tide mara"
    found = form.submit()
    assert titles(found) == ["Second Tide", "Low Tide"]
    assert "2 albums for" in found.html.select_one("[role=status]").text
    assert found.forms[0]["q"].value == "tide mara"
    assert found.html.select(".everything a[download]"), "everything is everything, whatever was searched for"
    assert titles(app.get("/library?q=alt")) == ["Älteste Lieder"]
    assert titles(app.get("/library?q=whats+l")) == ["What's Left"]
    assert titles(app.get("/library?q=sam")) == ["What's Left", "evening post"]


def test_what_is_not_there_is_said_with_the_way_back(app, shelf):
    page = app.get("/library", {"q": "<nothing>"})
    assert titles(page) == []
    assert "0 albums for “<nothing>”" in page.html.select_one("[role=status]").text
    assert page.html.select_one("[role=status] a")["href"] == "/library"
    assert "There is nothing here yet" not in page.text


def test_it_is_sorted(app, shelf):
    assert titles(app.get("/library")) == [title for title, _ in reversed(ALBUMS)]
    by_artist = app.get("/library").click("by artist")
    assert titles(by_artist)[:3] == ["What's Left", "野帳", "Orbit"]
    assert by_artist.html.select_one(".find nav [aria-current]").text == "by artist"
    assert titles(app.get("/library?sort=title"))[:3] == ["Älteste Lieder", "evening post", "Low Tide"]
    assert titles(app.get("/library?sort=artist&q=tide")) == ["Low Tide", "Second Tide"]
    assert titles(app.get("/library?sort=price")) == [title for title, _ in reversed(ALBUMS)]


def test_a_small_shelf_needs_none_of_it(app, session, wiring):
    album = make_album(session, wiring.storage)
    make_purchase(session, album, buyer_key=browser_key(buyer_token(app, album)))
    assert not app.get("/library").html.select(".find")
