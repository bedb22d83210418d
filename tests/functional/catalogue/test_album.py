"""A visitor looks at an album, wherever it is in its life."""

from collections.abc import Callable

from sqlalchemy.orm import Session
from webtest import TestApp

from storefront.models import Album, AlbumSlug, AlbumState, EditionState, Pricing, writing

Shelve = Callable[..., Album]

HOSTILE = (
    "a" * 10_000, "%00", "low-tide%00", "..%2f..%2fetc%2fpasswd", "low-tide'--", "%F0%9F%8E%B5", "LOW-TIDE", "%20",
)  # fmt: skip


def test_it_tells_all_that_a_buyer_wants_to_know(app: TestApp, shelve: Shelve) -> None:
    shelve(
        title="Low Tide",
        artists=["Mara Quist", "The Slow Hours"],
        tracks=["Harbour", "Slack Water"],
        credits="Written by Mara Quist\n\nMastered by Ida Ferro",
        description="Songs from a *boathouse*.",
    )
    page = app.get("/albums/low-tide")
    assert page.html.h1.text == "Low Tide"
    assert [link["href"] for link in page.html.select(".kicker a")] == [
        "/artists/mara-quist",
        "/artists/the-slow-hours",
    ]
    assert [item.text for item in page.html.select(".tracks .title")] == ["Harbour", "Slack Water"]
    assert [item.text for item in page.html.select(".tracks time")] == ["3:01", "3:02"]
    assert [item.text for item in page.html.select(".credits li")] == ["Written by Mara Quist", "Mastered by Ida Ferro"]
    assert page.html.select_one(".about em").text == "boathouse"
    assert "€9.00" in page.html.select_one(".buy").text
    assert page.html.select_one(".buy a.button")["href"] == "/store/buy/low-tide"
    assert [item.text for item in page.html.select(".formats dt")] == ["FLAC", "MP3"]
    assert "24 bit, 48 kHz" in page.html.select_one(".formats").text


def test_each_track_can_be_played(app: TestApp, shelve: Shelve) -> None:
    album = shelve(tracks=["Harbour", "Slack Water"])
    streams = [track["data-stream"] for track in app.get("/albums/low-tide").html.select(".tracks li")]
    made = {file.digest for file in album.edition.files if file.kind == "stream"}
    assert {f"/stream/{digest}.mp3" for digest in made} == set(streams)
    assert len(made) == 2
    for stream in streams:
        answer = app.get(stream)
        assert answer.content_type == "audio/mpeg"
        assert answer.body.startswith(b"\xff\xfb")


def test_discs_are_told_apart(app: TestApp, shelve: Shelve) -> None:
    shelve(tracks=["One", "Two", "Three", "Four"], discs=2)
    page = app.get("/albums/low-tide")
    assert [heading.text for heading in page.html.select("h2.disc")] == ["Disc 1", "Disc 2"]
    assert [len(disc.select("li")) for disc in page.html.select("ol.tracks")] == [2, 2]


def test_more_by_its_artists_and_by_nobody_else(app: TestApp, shelve: Shelve) -> None:
    shelve()
    shelve(slug="evening-post", title="Evening Post", artists=["Ida Ferro", "Mara Quist"])
    shelve(slug="draft", title="Not Yet", state=AlbumState.DRAFT)
    shelve(slug="other", title="Somebody Else", artists=["Ida Ferro"])
    page = app.get("/albums/low-tide")
    assert [link.text for link in page.html.select(".shelf .title a")] == ["Evening Post"]


def test_before_its_release_it_is_announced_and_neither_sold_nor_played(app: TestApp, shelve: Shelve) -> None:
    album = shelve(released="2999-12-04")
    page = app.get("/albums/low-tide")
    assert "4 December 2999" in page.text or "December 4, 2999" in page.text
    assert not page.html.select("[href='/store/buy/low-tide']")
    assert [item.text for item in page.html.select(".tracks .title")] == [
        "Harbour",
        "What the Rain Said",
        "Slack Water",
    ]
    assert not page.html.select("[data-stream]")
    stream = next(file.digest for file in album.edition.files if file.kind == "stream")
    app.get(f"/stream/{stream}.mp3", status=404)


def test_a_free_one_and_one_with_a_price_to_choose(app: TestApp, shelve: Shelve) -> None:
    shelve(slug="gift", title="Gift", amount=0)
    shelve(slug="open", title="Open", amount=500, pricing=Pricing.MINIMUM)
    assert "Free" in app.get("/albums/gift").html.select_one(".buy").text
    assert "from €5.00" in app.get("/albums/open").html.select_one(".buy").text


def test_without_a_cover_the_title_stands_in_for_it(app: TestApp, shelve: Shelve) -> None:
    shelve(cover=None)
    page = app.get("/albums/low-tide")
    assert page.html.select_one(".sleeve.bare").text.strip() == "Low Tide"
    assert not page.html.select("link[href^='/covers/']")


def test_words_of_strangers_stay_words(app: TestApp, shelve: Shelve) -> None:
    evil = "<script>alert(1)</script>"
    shelve(title=evil, artists=[evil], tracks=[evil], credits=evil, description=f"{evil} [x](javascript:alert(1))")
    page = app.get("/albums/low-tide")
    assert "<script>alert" not in page.text
    assert not page.html.select(".about a, .about script")
    assert page.html.h1.text == evil


def test_a_draft_looks_like_nothing(app: TestApp, shelve: Shelve) -> None:
    shelve(slug="draft", state=AlbumState.DRAFT, edition_state=EditionState.BUILDING)
    draft, nothing = app.get("/albums/draft", status=404), app.get("/albums/nothing", status=404)
    assert draft.html.h1 == nothing.html.h1
    assert draft.html.select_one(".lead-in") == nothing.html.select_one(".lead-in")


def test_a_withdrawn_one_says_so(app: TestApp, shelve: Shelve) -> None:
    shelve(state=AlbumState.WITHDRAWN)
    page = app.get("/albums/low-tide", status=410)
    assert "has left the shop" in page.html.h1.text
    assert page.html.select_one("a.button")["href"] == "/library"


def test_an_old_address_leads_to_the_new_one(app: TestApp, shelve: Shelve, session: Session) -> None:
    album = shelve()
    with writing(session):
        session.add(AlbumSlug(slug="ebb", album_id=album.id))
    assert app.get("/albums/ebb", status=301).headers["Location"] == "http://localhost/albums/low-tide"


def test_a_name_of_any_alphabet_is_an_address(app: TestApp, shelve: Shelve) -> None:
    shelve(slug="野帳", title="野帳")
    link = app.get("/albums").html.select_one(".shelf .title a")["href"]
    assert link == "/albums/野帳"
    assert app.get("/albums/%E9%87%8E%E5%B8%B3").html.h1.text == "野帳"


def test_hostile_slugs_are_not_found(app: TestApp, shelve: Shelve) -> None:
    shelve()
    for slug in HOSTILE:
        page = app.get(f"/albums/{slug}", status=404)
        assert page.html.select_one("a.button")["href"] == "/albums", slug
        assert app.get(f"/artists/{slug}", status=404).html.h1, slug


def test_a_slug_that_is_no_text_is_a_bad_request(app: TestApp) -> None:
    page = app.get("/albums/%ff%fe", status=400)
    assert "UTF-8" in page.html.select_one(".lead-in").text
