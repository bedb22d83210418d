"""Everything that somebody owns as one zip: whole, in parts, by a signed link, and only what may be had."""

import io
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update
from webtest import TestApp

from storefront.models import AlbumPurchase, File, FileKind, writing
from storefront.services.library.everything import join_everything
from storefront.services.store.buyers import account_key, browser_key
from tests.factories import make_album
from tests.support.people import buyer_token, make_customer, make_purchase, sign_in


@pytest.fixture
def albums(session, wiring):
    return [
        make_album(session, wiring.storage),
        make_album(session, wiring.storage, slug="orbit", title="Orbit", artists=["Kenji"]),
        make_album(session, wiring.storage, slug="evening-post", title="Evening Post", artists=["Sam"]),
    ]


@pytest.fixture
def owned(app, session, albums):
    """Ana signed in owns the first two; `app` is her browser."""
    account = make_customer(session)
    sign_in(app, "ana@example.com")
    return [make_purchase(session, album, buyer_key=account_key(account), account=account) for album in albums[:2]]


def everything(app):
    return [link["href"] for link in app.get("/library").html.select(".everything a[download]")]


def names(answer):
    with zipfile.ZipFile(io.BytesIO(answer.body)) as opened:
        assert opened.testzip() is None
        return opened.namelist()


def test_it_is_one_zip_with_all_that_is_owned(app, owned, session):
    flac, mp3 = everything(app)
    answer = app.get(flac)
    assert answer.content_type == "application/zip"
    assert 'filename="Harbour Lights Records (FLAC).zip"' in answer.headers["Content-Disposition"]
    files = names(answer)
    assert len(files) == 6
    assert [name.rpartition("/")[2] for name in files[:2]] == ["01 Harbour.flac", "02 What the Rain Said.flac"]
    assert len({name.partition("/")[0] for name in files}) == 2
    assert {name.rpartition(".")[2] for name in names(app.get(mp3))} == {"mp3"}


def test_the_music_in_it_is_that_of_the_albums_own_zips(app, owned):
    with zipfile.ZipFile(io.BytesIO(app.get(everything(app)[0]).body)) as whole:
        in_all = sorted(whole.read(name) for name in whole.namelist())
    one_by_one = []
    for purchase in owned:
        with zipfile.ZipFile(io.BytesIO(app.get(f"/library/{purchase.public_id}/flac").body)) as album:
            one_by_one += [album.read(name) for name in album.namelist()]
    assert in_all == sorted(one_by_one)


def test_another_program_opens_it(app, owned, tmp_path):
    path = tmp_path / "all.zip"
    path.write_bytes(app.get(everything(app)[0]).body)
    subprocess.run(["unzip", "-tq", path], check=True, capture_output=True)


def test_it_is_resumed_at_any_byte(app, owned):
    link = everything(app)[0]
    whole = app.get(link)
    etag, size = whole.headers["ETag"], len(whole.body)
    assert whole.headers["Content-Length"] == str(size)
    assert whole.headers["Accept-Ranges"] == "bytes"
    for start in (0, 1, 29, 30, 500, size // 2, size - 200, size - 1):
        rest = app.get(link, headers={"Range": f"bytes={start}-", "If-Range": etag}, status=206)
        assert rest.body == whole.body[start:]
        assert rest.headers["Content-Range"] == f"bytes {start}-{size - 1}/{size}"
    assert app.get(everything(app)[0]).headers["ETag"] == etag, "a fresh link goes on with the same bytes"
    assert app.head(link).headers["Content-Length"] == str(size)


def test_after_another_album_it_begins_anew(app, owned, session, albums):
    link = everything(app)[0]
    before = app.get(link)
    account = owned[0].account
    make_purchase(session, albums[2], buyer_key=owned[0].buyer_key, account=account)
    after = app.get(link, headers={"Range": "bytes=100-", "If-Range": before.headers["ETag"]}, status=200)
    assert len(names(after)) == 9


def test_what_is_closed_is_left_out_at_once(app, owned, session):
    link = everything(app)[0]
    assert len(names(app.get(link))) == 6
    with writing(session):
        session.execute(update(AlbumPurchase).where(AlbumPurchase.id == owned[0].id).values(dispute="needs_response"))
    assert len(names(app.get(link))) == 3
    with writing(session):
        session.execute(update(AlbumPurchase).values(refunded=900, refund_requested=900))
    assert app.get(link, status=403).html.select_one(".acts a")
    assert everything(app) == []


def test_its_link_is_good_for_a_day_without_a_cookie(app, owned):
    start = datetime.now(UTC)
    link = everything(app)[0]
    stranger = TestApp(app.app)
    assert len(names(stranger.get(link))) == 6
    with time_machine.travel(start + timedelta(hours=24, seconds=2)):
        assert stranger.get(link, status=410).html.select_one(".acts a")["href"] == "/library"


def test_its_link_opens_nothing_else(app, owned, session, albums):
    link = everything(app)[0]
    path, _, query = link.partition("?")
    other = make_customer(session, "bob@example.com")
    make_purchase(session, albums[2], buyer_key=account_key(other), account=other)
    stranger = TestApp(app.app)
    for wrong in (
        path,
        f"{path}?key={query.partition('key=')[2]}",
        link.replace("/flac", "/mp3-v0"),
        link.replace(owned[0].account.public_id, other.public_id),
        link[:-1] + ("0" if link[-1] != "0" else "1"),
    ):
        assert stranger.get(wrong, status=404), wrong


def test_guessing_its_links_is_slowed(app, owned):
    stranger = TestApp(app.app)
    for number in range(30):
        stranger.get(f"/library/everything/flac?of=account:{number}&key=1999999999.{number:064}", status=404)
    stranger.get(f"/library/everything/flac?of=account:1&key=1999999999.{31:064}", status=429)
    assert app.get("/library/everything/flac").status_int == 200, "who is known needs no key"


def test_a_guests_browser_has_it_too(app, session, albums):
    key = browser_key(buyer_token(app, albums[0]))
    for album in albums[:2]:
        make_purchase(session, album, buyer_key=key)
    link = everything(app)[0]
    assert len(names(TestApp(app.app).get(link))) == 6


def test_an_album_that_has_not_this_format_comes_in_another(app, owned, session, albums):
    with writing(session):
        gone = session.query(File).filter_by(edition_id=albums[0].edition_id, kind=FileKind.ARCHIVE, format="flac")
        session.delete(gone.one())
    files = names(app.get("/library/everything/flac"))
    assert [name.rpartition(".")[2] for name in files] == ["mp3"] * 3 + ["flac"] * 3


@pytest.mark.parametrize("format", ["stream", "wav", "flac.1", "..", "x" * 500])
def test_what_is_no_format_is_not_there(app, owned, format):
    app.get(f"/library/everything/{format}", status=404)


def test_who_owns_nothing_gets_nothing(app, database):
    app.get("/library/everything/flac", status=404)


def test_one_album_is_no_everything(app, session, albums):
    make_purchase(session, albums[0], buyer_key=browser_key(buyer_token(app, albums[0])))
    assert everything(app) == []
    assert len(names(app.get("/library/everything/flac"))) == 3


def test_a_file_that_is_missing_is_said(app, owned, session, wiring, albums):
    files = session.query(File).filter_by(edition_id=albums[0].edition_id, kind=FileKind.ARCHIVE, format="flac")
    wiring.storage.delete(files.one().digest)
    assert "missing on our side" in app.get("/library/everything/flac", status=500).text


def test_no_transaction_is_open_while_archives_are_read(owned, session, wiring, monkeypatch):
    open_ones = []
    stored = type(wiring.storage).open
    monkeypatch.setattr(
        type(wiring.storage),
        "open",
        lambda self, key: (open_ones.append(session.in_transaction()), stored(self, key))[1],
    )
    assert join_everything(session, wiring.storage, owned, "flac") is not None
    assert open_ones
    assert not any(open_ones)
