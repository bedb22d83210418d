"""A visitor looks for music by the words that they remember."""

from collections.abc import Callable

from sqlalchemy import update
from sqlalchemy.orm import Session
from webtest import TestApp

from storefront.models import Album, AlbumState, writing
from storefront.services.catalogue.search import index_album

Shelve = Callable[..., Album]


def found(app: TestApp, words: str) -> list[str]:
    return [link["href"] for link in app.get("/search", {"q": words}).html.select(".shelf .title a")]


LOW_TIDE = (
    "low tide", "TIDE low", "tid", "mara", "quist harbour", "what the rain", "  low   tide ", "ｔｉｄｅ", "strasse",
    "STRAßE", "bjork", "Björk", "Bjo\u0308rk", "whats", "what's", "what’s", "lofi", "lo-fi", "r.e.m.", "rem", "東京",
    "京", "2nd",
)  # fmt: skip
NOT_ALL_THERE = ("ide", "low tied", "mara nobody", "lowtide", "tide -low x")
NO_WORDS = (
    "!!!", '"', "*", "'", "\\", "AND", "NOT tide", "low OR", "NEAR(low tide)", "words:low*", "^lowest", "& |", "x:*",
    "<->", "%", "_", "🎵", "\u0301", "a" * 10_000, " ".join("abcdefghijklmnopqrstuvwxyz"), "\ud83d",
)  # fmt: skip


def test_it_finds_by_beginnings_of_words_however_they_are_written(app: TestApp, shelve: Shelve) -> None:
    shelve(
        artists=["Mara Quist", "Björk"],
        tracks=["Harbour", "What the Rain Said", "What’s Lo-Fi?", "Straße", "R.E.M.", "東京の夜", "2nd Tide"],
    )
    shelve(slug="other", title="Other", artists=["Nobody"], tracks=["Silence"])
    for words in LOW_TIDE:
        assert found(app, words) == ["/albums/low-tide"], words


def test_every_word_has_to_be_there(app: TestApp, shelve: Shelve) -> None:
    shelve()
    shelve(slug="other", title="Other", artists=["Nobody"], tracks=["Silence"])
    for words in NOT_ALL_THERE:
        assert found(app, words) == [], words


def test_nothing_that_is_typed_is_an_error(app: TestApp, shelve: Shelve) -> None:
    shelve()
    for words in NO_WORDS:
        page = app.get("/search", {"q": words.encode("utf-8", "replace")})
        assert not page.html.select(".shelf"), words
        assert page.html.select_one(".empty h2"), words


def test_without_words_it_asks_for_some(app: TestApp, shelve: Shelve) -> None:
    shelve()
    for path in ("/search", "/search?q=", "/search?q=++"):
        page = app.get(path)
        assert "What would you like to hear" in page.html.select_one(".empty h2").text
        assert not page.html.select(".shelf")


def test_what_was_looked_for_stays_in_the_field_and_is_shown_as_text(app: TestApp) -> None:
    page = app.get("/search", {"q": '"><script>alert(1)</script>'})
    assert page.html.select_one("input[name=q]")["value"] == '"><script>alert(1)</script>'
    assert "<script>alert" not in page.text


def test_only_what_is_public_is_found(app: TestApp, shelve: Shelve, session: Session) -> None:
    album = shelve()
    shelve(slug="draft", state=AlbumState.DRAFT)
    shelve(slug="gone", state=AlbumState.WITHDRAWN)
    assert found(app, "low tide") == ["/albums/low-tide"]
    with writing(session):
        session.execute(update(Album).where(Album.id == album.id).values(state=AlbumState.WITHDRAWN))
    assert found(app, "low tide") == []


def test_a_new_title_is_found_and_the_old_one_is_not(app: TestApp, shelve: Shelve, session: Session) -> None:
    album = shelve()
    with writing(session):
        album.title = "High Water"
        index_album(session, album.id)
    assert found(app, "high water") == ["/albums/low-tide"]
    assert found(app, "low tide") == []


def test_results_have_pages_that_keep_the_words(app: TestApp, shelve: Shelve) -> None:
    for number in range(25):
        shelve(slug=f"tide-{number}", title=f"Tide {number}", tracks=["One"], cover=None, released=str(1990 + number))
    page = app.get("/search?q=tide+one")
    assert page.html.select_one(".shelf .title a")["href"] == "/albums/tide-24"
    second = app.get(page.html.select_one("a[rel=next]")["href"])
    assert [link["href"] for link in second.html.select(".shelf .title a")] == ["/albums/tide-0"]
    assert "25 albums" in second.text
