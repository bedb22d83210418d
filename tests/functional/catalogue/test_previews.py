"""How much of a track is heard by who does not own it: all of it, its beginning, or nothing; its owner hears it all."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from webtest import TestApp

from storefront.models import Album, File, FileKind, Track, writing
from storefront.services.catalogue.outlines import outline
from storefront.services.catalogue.version import bump_catalogue
from storefront.services.store.buyers import browser_key
from storefront.wiring import Wiring
from tests.support.people import buyer_token, make_purchase

Shelve = Callable[..., Album]
PREVIEW = "e" * 64


@pytest.fixture
def album(shelve: Shelve, session: Session, wiring: Wiring) -> Album:
    """The first track is whole, of the second 30 seconds are heard, of the third nothing."""
    album = shelve()
    assert album.edition
    wiring.storage.put_bytes(PREVIEW, b"the beginning")
    with writing(session):
        first, second, third = (session.get_one(Track, track.id) for track in album.edition.tracks)
        second.preview_seconds, third.preview_seconds = 30, 0
        for track in (first, second, third):  # as production leaves them, wanted or not
            digest = PREVIEW if track is second else f"{track.id:064}"
            session.add(
                File(edition_id=album.edition.id, track=track, kind=FileKind.PREVIEW, format="stream",
                     digest=digest, size=13, name="preview.mp3")
            )  # fmt: skip
        bump_catalogue(session)
    return album


def streams(album: Album) -> list[str]:
    assert album.edition
    found = {file.track_id: file.digest for file in album.edition.files if file.kind == FileKind.STREAM}
    return [found[track.id] for track in album.edition.tracks]


def test_nobody_hears_more_than_the_preview(app: TestApp, album: Album) -> None:
    whole, cut, silent = streams(album)
    assert app.get(f"/stream/{whole}.mp3").body != b"the beginning"
    app.get(f"/stream/{cut}.mp3", status=404)
    app.get(f"/stream/{silent}.mp3", status=404)
    assert app.get(f"/stream/{PREVIEW}.mp3").body == b"the beginning"
    assert album.edition
    for track in (album.edition.tracks[0], album.edition.tracks[2]):
        app.get(f"/stream/{track.id:064}.mp3", status=404)


def test_the_page_plays_what_may_be_heard_and_says_so(app: TestApp, album: Album) -> None:
    rows = app.get("/albums/low-tide").html.select(".tracks li")
    assert [row.get("data-stream") for row in rows] == [
        f"/stream/{streams(album)[0]}.mp3",
        f"/stream/{PREVIEW}.mp3",
        None,
    ]
    assert [row.get("data-length") for row in rows] == ["181000", "30000", None]
    assert rows[1].select_one("small").text == "a preview of 0:30"
    assert rows[1].select_one("time").text == "3:02"
    assert [len(rows[0]["data-peaks"]), len(rows[1]["data-peaks"])] == [150, 49]
    page = app.get("/albums/low-tide").text
    assert streams(album)[1] not in page
    assert streams(album)[2] not in page


def test_the_owner_hears_it_all(app: TestApp, album: Album, session: Session, wiring: Wiring) -> None:
    purchase = make_purchase(session, album, buyer_key=browser_key(buyer_token(app, album)))
    rows = app.get(f"/library/{purchase.public_id}").html.select(".tracks li")
    assert [row["data-length"] for row in rows] == ["181000", "182000", "183000"]
    for row, digest in zip(rows, streams(album), strict=True):
        answer = TestApp(app.app).get(row["data-stream"], headers={"Range": "bytes=0-99"}, status=206)
        assert answer.content_type == "audio/mpeg"
        assert answer.headers["ETag"] == f'"{digest}"'
        assert answer.headers["Cache-Control"].startswith("private")
        assert "Content-Disposition" not in answer.headers
    app.get(f"/library/{purchase.public_id}/stream.2")
    TestApp(app.app).get(f"/library/{purchase.public_id}/stream.2", status=404)
    app.get(f"/library/{purchase.public_id}/stream.4", status=404)
    app.get(f"/library/{purchase.public_id}/stream", status=404)


@pytest.mark.parametrize(
    ("peaks", "part", "bars"),
    [("", 1.0, ""), ("0f7fff", 1.0, "07f"), ("0f7fff1f", 0.5, "07"), ("ab" * 300, 1.0, "a" * 150), ("0f", 0.0, "")],
)
def test_an_outline_is_as_long_as_what_is_heard(peaks: str, part: float, bars: str) -> None:
    assert outline(peaks, part) == bars


def test_longer_outlines_are_thinned() -> None:
    assert [len(outline("ab" * count)) for count in (1, 150, 151, 300, 301)] == [1, 150, 76, 150, 101]
