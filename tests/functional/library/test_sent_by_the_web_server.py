"""With X-Accel-Redirect or X-Sendfile the web server in front sends the bytes; the shop still decides who gets them."""

import pytest
from sqlalchemy import update
from webtest import TestApp

from storefront.models import AlbumPurchase, File, FileKind, writing
from storefront.services.store.buyers import browser_key
from tests.factories import make_album
from tests.support.people import buyer_token, make_purchase

HEADERS = ("X-Accel-Redirect", "X-Sendfile")


@pytest.fixture(params=HEADERS)
def header(request):
    return request.param


@pytest.fixture
def ini(ini, header):
    return {**ini, "storage.sendfile": header.lower()}


@pytest.fixture
def album(session, wiring):
    return make_album(session, wiring.storage)


@pytest.fixture
def owned(app, session, album):
    return make_purchase(session, album, buyer_key=browser_key(buyer_token(app, album)))


def place(wiring, header, key):
    return f"/stored/{key}" if header == "X-Accel-Redirect" else str(wiring.storage.folder / key)


def digest_of(session, album, kind):
    return session.query(File).filter_by(edition_id=album.edition_id, kind=kind).first().digest


def test_a_download_is_named_and_not_sent(app, wiring, session, album, owned, header):
    answer = app.get(f"/library/{owned.public_id}/flac", headers={"Range": "bytes=10-"})
    digest = answer.headers["ETag"].strip('"')
    assert answer.headers[header] == place(wiring, header, digest)
    assert answer.body == b""
    assert answer.status_int == 200, "parts are the web server's work"
    assert answer.headers.get("Content-Length", "0") == "0"
    assert answer.content_type == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Mara Quist - Low Tide (flac).zip"')


def test_streams_and_covers_go_the_same_way(app, wiring, session, album, header):
    stream = digest_of(session, album, FileKind.STREAM)
    answer = app.get(f"/stream/{stream}.mp3")
    assert answer.headers[header] == place(wiring, header, stream)
    assert answer.content_type == "audio/mpeg"
    assert "immutable" in answer.headers["Cache-Control"]
    cover = f"{album.cover_digest}-640.jpg"
    assert app.get(f"/covers/{cover}").headers[header] == place(wiring, header, cover)


def test_who_may_not_have_it_is_not_told_where_it_is(app, session, owned, header):
    stranger = TestApp(app.app)
    assert header not in stranger.get(f"/library/{owned.public_id}/flac", status=404).headers
    with writing(session):
        session.execute(update(AlbumPurchase).values(dispute="lost"))
    assert header not in app.get(f"/library/{owned.public_id}/flac", status=403).headers


def test_who_has_it_is_told_so_by_the_shop(app, owned, header):
    etag = app.get(f"/library/{owned.public_id}/flac").headers["ETag"]
    answer = app.get(f"/library/{owned.public_id}/flac", headers={"If-None-Match": etag}, status=304)
    assert header not in answer.headers


def test_what_is_missing_is_said_by_the_shop(app, wiring, session, album, owned, header):
    digest = app.get(f"/library/{owned.public_id}/flac").headers["ETag"].strip('"')
    wiring.storage.delete(digest)
    answer = app.get(f"/library/{owned.public_id}/flac", status=500)
    assert header not in answer.headers


def test_everything_is_no_file_so_the_shop_sends_it(app, owned, header):
    answer = app.get("/library/everything/flac", headers={"Range": "bytes=0-3"}, status=206)
    assert answer.body == b"PK\3\4"
    assert header not in answer.headers
