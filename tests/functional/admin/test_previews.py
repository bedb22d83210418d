"""An album before it is public, as its owner sees it: the shop's own page, and nobody else gets any of it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from webtest import TestApp, TestResponse

from storefront.models import Album, AlbumState, EditionState, File, FileKind, Track, writing
from storefront.wiring import Wiring
from tests.factories import make_album
from tests.support.people import make_customer, sign_in

Make = Callable[..., Album]


@pytest.fixture
def make(session: Session, wiring: Wiring) -> Make:
    """Drafts with all their files."""

    def make(**more: Any) -> Album:
        album = make_album(session, wiring.storage, **{"state": AlbumState.DRAFT, **more})
        assert album.edition is not None
        with writing(session):
            album.formats = ("flac", "mp3-v0")
            album.edition.loudness_lufs = -14.0
            for track in album.edition.tracks:
                track.loudness_lufs, track.peak = -14.0, 0.5
        return album

    return make


def preview(owner: TestApp, album: Album) -> TestResponse:
    return owner.get(f"/admin/albums/{album.public_id}").click("See it as visitors will")


def words(page: TestResponse, selector: str) -> str:
    return " ".join(page.html.select_one(selector).text.split())


def addresses(page: TestResponse) -> list[str]:
    """Of all that the page loads or plays of this album: streams, the colours, the cover."""
    streams = [row["data-stream"] for row in page.html.select("li[data-stream]")]
    styles = [link["href"] for link in page.html.select("link[href*=covers]")]
    return [*streams, *styles, page.html.select_one(".sleeve img")["src"], page.html.ol["data-cover"]]


def test_a_draft_is_the_page_that_it_will_be(owner: TestApp, make: Make) -> None:
    album = make(amount=1250)
    page = preview(owner, album)
    assert words(page, "h1") == "Low Tide"
    assert words(page, ".buy") == "€12.50 tax included Buy the album"
    assert [row.text for row in page.html.select(".tracks .title")] == ["Harbour", "What the Rain Said", "Slack Water"]
    assert page.html.select(".about em")
    assert words(page, "#preview").startswith("draft Only you see this. Nothing can be bought here.")
    assert page.click("Back to the editor").request.path == f"/admin/albums/{album.public_id}"


def test_nothing_is_bought_indexed_or_kept_there(owner: TestApp, make: Make) -> None:
    page = preview(owner, make())
    button = page.html.select_one(".buy a")
    assert (button.get("href"), button["aria-disabled"]) == (None, "true")
    assert page.html.select_one("meta[name=robots]")["content"] == page.headers["X-Robots-Tag"] == "noindex"
    assert not page.html.select("link[rel=canonical], meta[property], script[type='application/ld+json']")
    assert page.headers["Cache-Control"] == "no-store"
    assert "ETag" not in page.headers


def test_its_files_are_had_by_its_owner_alone(owner: TestApp, make: Make, session: Session) -> None:
    page = preview(owner, make())
    files = addresses(page)
    assert len(files) == 6
    for address in files:
        answer = owner.get(address)
        assert answer.status_int == 200
        assert "public" not in answer.headers["Cache-Control"], address
    assert owner.get(files[0], headers={"Range": "bytes=0-9"}, status=206).content_type == "audio/mpeg"

    stranger, customer = TestApp(owner.app), TestApp(owner.app)
    make_customer(session)
    sign_in(customer, "ana@example.com")
    for address in (page.request.path, *files):
        assert stranger.get(address).location.startswith("http://localhost/sign-in?")
        assert customer.get(address, status="*").status_int == 403
    for address in files:
        public = address.removeprefix("/admin").replace("/streams/", "/stream/")
        assert stranger.get(public, status="*").status_int == 404


def test_only_what_is_heard_in_the_shop_has_an_address(owner: TestApp, make: Make, session: Session) -> None:
    album = make()
    assert album.edition is not None
    whole = next(file.digest for file in album.edition.files if file.kind == FileKind.TRACK)
    assert owner.get(f"/admin/streams/{whole}.mp3", status="*").status_int == 404
    with writing(session):
        session.execute(update(Track).where(Track.title == "Harbour").values(preview_seconds=0))
        session.execute(update(Track).where(Track.title == "Slack Water").values(preview_seconds=30))
    heard = [row.select_one(".title").text for row in preview(owner, album).html.select("li[data-stream]")]
    assert heard == ["What the Rain Said"], "a preview that is not made yet is not heard, and never the whole track"


def test_what_is_not_made_yet_says_so(owner: TestApp, make: Make, session: Session) -> None:
    album = make(edition_state=EditionState.BUILDING, cover=None)
    with writing(session):
        session.execute(update(Album).values(edition_id=None))
        for file in session.query(File):
            session.delete(file)
        session.execute(update(Track).values(bit_depth=16))
    session.expire_all()
    page = preview(owner, album)
    assert "Its files are being made: 3 of" in words(page, "#preview")
    assert [row.text for row in page.html.select(".tracks .title")] == ["Harbour", "What the Rain Said", "Slack Water"]
    assert not page.html.select("[data-stream]")
    assert "not made yet" in words(page, ".formats")


@pytest.mark.parametrize(
    ("state", "released", "said"),
    [
        (AlbumState.PUBLISHED, "2024-11-01", "on sale Only you see this page; visitors see the same in the shop."),
        (AlbumState.PUBLISHED, "2126-01-01", "scheduled for January 1, 2126 Only you see this page. In the shop"),
        (AlbumState.WITHDRAWN, "2024-11-01", "withdrawn Only you see this: it is out of the shop."),
    ],
)
def test_in_every_state_it_says_which(owner: TestApp, make: Make, state: AlbumState, released: str, said: str) -> None:
    page = preview(owner, make(state=state, released=released))
    assert words(page, "#preview").startswith(said)
    assert len(page.html.select("[data-stream]")) == 3, "its owner hears it before its day"


def test_a_draft_without_a_price_is_edited_shown_and_not_sold(owner: TestApp, make: Make, session: Session) -> None:
    album = make(amount=0, currency="xxx")
    assert words(owner.get("/admin/albums"), ".stock .price") == "No price yet"
    page = preview(owner, album)
    assert words(page, ".buy") == "No price yet"

    editor = owner.get(f"/admin/albums/{album.public_id}").forms["editor"]
    assert editor["price"].value == ""
    editor["description"] = "Words first"
    assert editor.submit("do", index=0).status_int == 303
    editor = owner.get(f"/admin/albums/{album.public_id}").forms["editor"]
    assert (editor["price"].value, editor["description"].value) == ("", "Words first")

    editor["price"], editor["currency"] = "9.00", "eur"
    editor.submit("do", index=0)
    editor = owner.get(f"/admin/albums/{album.public_id}").forms["editor"]
    assert "(no price, now 9.00 EUR)" in owner.get("/admin/audit").text
    editor["price"] = ""
    again = editor.submit("do", index=0, expect_errors=True)
    assert (again.status_int, words(again, "#price-error")) == (422, "Enter a price like 9.00, or 0 for free")
