"""What the pages show and play: covers, accents and streams, whole and in parts."""

import hashlib
from collections.abc import Callable

from sqlalchemy import update
from sqlalchemy.orm import Session
from webtest import TestApp

from storefront.models import Album, AlbumState, File, FileKind, writing
from storefront.wiring import Wiring

Shelve = Callable[..., Album]
YEAR = "public, max-age=31536000, immutable"


def stream_of(album: Album) -> File:
    return next(file for file in album.edition.files if file.kind == FileKind.STREAM)


def test_a_stream_may_be_kept_for_a_year_under_its_digest(app: TestApp, shelve: Shelve) -> None:
    stream = stream_of(shelve())
    answer = app.get(f"/stream/{stream.digest}.mp3")
    assert hashlib.sha256(answer.body).hexdigest() == stream.digest
    assert answer.headers["Content-Length"] == str(stream.size)
    assert answer.headers["ETag"] == f'"{stream.digest}"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == YEAR
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Content-Disposition" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_parts_of_a_stream(app: TestApp, shelve: Shelve) -> None:
    stream = stream_of(shelve())
    url, size = f"/stream/{stream.digest}.mp3", stream.size
    whole = app.get(url).body
    for asked, start, end in [
        ("bytes=0-", 0, size),
        ("bytes=0-0", 0, 1),
        ("bytes=10-99", 10, 100),
        (f"bytes={size - 1}-", size - 1, size),
        ("bytes=-128", size - 128, size),
        (f"bytes=-{size * 2}", 0, size),
        (f"bytes=5-{size * 2}", 5, size),
        ("BYTES=1-2", 1, 3),
    ]:
        part = app.get(url, headers={"Range": asked}, status=206)
        assert part.body == whole[start:end], asked
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}", asked
        assert part.headers["Content-Length"] == str(end - start), asked


def test_a_range_that_makes_no_sense_gives_the_whole_file(app: TestApp, shelve: Shelve) -> None:
    stream = stream_of(shelve())
    for asked in ("bytes=0-1,5-6", "bytes=5-1", "bytes=-", "bytes=", "bytes=a-b", "items=0-1", "bytes=1", "x" * 5000):
        answer = app.get(f"/stream/{stream.digest}.mp3", headers={"Range": asked}, status=200)
        assert len(answer.body) == stream.size, asked


def test_a_range_after_the_end_says_how_long_the_file_is(app: TestApp, shelve: Shelve) -> None:
    stream = stream_of(shelve())
    for asked in (f"bytes={stream.size}-", f"bytes={10**17}-", "bytes=-0"):
        answer = app.get(f"/stream/{stream.digest}.mp3", headers={"Range": asked}, status=416)
        assert answer.headers["Content-Range"] == f"bytes */{stream.size}", asked
        assert answer.html.h1


def test_who_has_it_is_told_so_before_any_range_is_looked_at(app: TestApp, shelve: Shelve) -> None:
    stream = stream_of(shelve())
    for known in (f'"{stream.digest}"', f'"other", W/"{stream.digest}"', "*"):
        answer = app.get(
            f"/stream/{stream.digest}.mp3", headers={"If-None-Match": known, "Range": "bytes=0-1"}, status=304
        )
        assert answer.body == b""
        assert answer.headers["ETag"] == f'"{stream.digest}"'


def test_a_download_goes_on_only_with_the_same_file(app: TestApp, shelve: Shelve) -> None:
    stream = stream_of(shelve())
    url = f"/stream/{stream.digest}.mp3"
    app.get(url, headers={"Range": "bytes=1-2", "If-Range": f'"{stream.digest}"'}, status=206)
    for other in ('"other"', f'W/"{stream.digest}"', "Wed, 21 Oct 2015 07:28:00 GMT"):
        app.get(url, headers={"Range": "bytes=1-2", "If-Range": other}, status=200)


def test_head_tells_the_same_and_sends_nothing(app: TestApp, shelve: Shelve) -> None:
    stream = stream_of(shelve())
    answer = app.head(f"/stream/{stream.digest}.mp3", headers={"Range": "bytes=0-1"})
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(stream.size)
    assert answer.body == b""


def test_only_streams_of_what_is_sold_are_public(app: TestApp, shelve: Shelve, session: Session) -> None:
    album = shelve()
    for file in album.edition.files:
        app.get(f"/stream/{file.digest}.mp3", status=200 if file.kind == FileKind.STREAM else 404)
    app.get(f"/stream/{album.edition.tracks[0].master_digest}.mp3", status=404)
    app.get(f"/stream/{'0' * 64}.mp3", status=404)
    app.get("/stream/..%2f..%2fshop.sqlite.mp3", status=404)
    stream = stream_of(album)
    with writing(session):
        session.execute(update(Album).values(state=AlbumState.WITHDRAWN))
    app.get(f"/stream/{stream.digest}.mp3", status=404)


def test_a_file_that_the_storage_lost_is_our_fault(app: TestApp, shelve: Shelve, wiring: Wiring) -> None:
    stream = stream_of(shelve())
    wiring.storage.delete(stream.digest)
    page = app.get(f"/stream/{stream.digest}.mp3", status=500)
    assert "missing" in page.html.h1.text


def test_a_cover_comes_in_every_width_and_kind_that_a_page_asks_for(app: TestApp, shelve: Shelve) -> None:
    shelve()
    image = app.get("/albums/low-tide").html.select_one(".sleeve img")
    addresses = [image["src"], *(part.split()[0] for part in image["srcset"].split(","))]
    assert len(set(addresses)) == 4
    for address in addresses:
        answer = app.get(address)
        assert answer.content_type == ("image/webp" if address.endswith("webp") else "image/jpeg")
        assert answer.headers["Cache-Control"] == YEAR
        assert answer.body[:4] == (b"RIFF" if address.endswith("webp") else b"\xff\xd8\xff\xe0")


def test_a_cover_is_public_as_long_as_somebody_may_own_it(app: TestApp, shelve: Shelve) -> None:
    draft = shelve(slug="draft", cover="#101010", state=AlbumState.DRAFT)
    gone = shelve(slug="gone", cover="#202020", state=AlbumState.WITHDRAWN)
    app.get(f"/covers/{draft.cover_digest}-640.jpg", status=404)
    app.get(f"/covers/{draft.cover_digest}.css", status=404)
    app.get(f"/covers/{gone.cover_digest}-640.jpg")
    app.get(f"/covers/{gone.cover_digest}-641.jpg", status=404)


def test_the_accent_is_a_stylesheet_of_two_rules(app: TestApp, shelve: Shelve) -> None:
    album = shelve()
    link = app.get("/albums/low-tide").html.select_one("link[href^='/covers/']")["href"]
    css = app.get(link)
    assert css.content_type == "text/css"
    light, on_light, dark, on_dark = album.accent.split()
    assert f":root {{ --accent: {light}; --on-accent: {on_light}; }}" in css.text
    assert f"(prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; --on-accent: {on_dark}; }} }}" in css.text
    assert css.headers["Cache-Control"] == "public, max-age=86400"
