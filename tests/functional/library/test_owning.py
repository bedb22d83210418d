"""What somebody owns, and who may have it: the shelf, a purchase's page, downloads."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from webtest import TestApp

from storefront.models import (
    AccessOverride,
    Album,
    AlbumArtist,
    AlbumPurchase,
    AlbumState,
    Artist,
    Edition,
    File,
    Mail,
    PurchaseState,
    Track,
    writing,
)
from storefront.services.store.buyers import account_key, browser_key
from tests.factories import make_album
from tests.support.people import buyer_token, make_customer, make_purchase, sign_in


@pytest.fixture
def album(session, wiring):
    return make_album(session, wiring.storage)


@pytest.fixture
def owned(app, session, album):
    """A purchase that Ana made signed in; `app` is her browser."""
    account = make_customer(session)
    sign_in(app, "ana@example.com")
    return make_purchase(session, album, buyer_key=account_key(account), account=account)


def change(session, purchase, **values):
    with writing(session):
        session.execute(update(AlbumPurchase).where(AlbumPurchase.id == purchase.id).values(**values))


def without_cookie(app, url):
    return TestApp(app.app).get(url, expect_errors=True)


def downloads(page):
    return [link["href"] for link in page.html.select("a[download]")]


def test_an_empty_shelf_says_what_to_do(app, session):
    assert "There is nothing here yet" in app.get("/library").text
    make_customer(session)
    sign_in(app, "ana@example.com")
    assert "There is nothing here yet" in app.get("/library").text


def test_the_shelf_has_what_the_account_and_the_browser_bought(app, session, wiring, owned):
    guest = make_album(session, wiring.storage, slug="orbit", title="Orbit", artists=["Kenji"])
    theirs = make_album(session, wiring.storage, slug="evening-post", title="Evening Post", artists=["Sam"])
    make_purchase(session, guest, buyer_key=browser_key(buyer_token(app, guest)), email="b@example.com")
    make_purchase(session, theirs, buyer_key=browser_key("x" * 43), email="lou@example.com")
    page = app.get("/library")
    assert [title.text for title in page.html.select(".owned h2")] == ["Orbit", "Low Tide"]
    assert page.headers["Cache-Control"] == "no-store"
    assert "Evening Post" not in page.text


def test_a_download_is_the_file_with_its_name_and_can_be_resumed(app, wiring, session, owned):
    page = app.get(f"/library/{owned.public_id}")
    flac, mp3 = downloads(page)[:2]
    whole = app.get(flac)
    assert whole.content_type == "application/zip"
    assert whole.headers["Content-Disposition"].startswith('attachment; filename="Mara Quist - Low Tide (flac).zip"')
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    digest = whole.headers["ETag"].strip('"')
    assert hashlib.sha256(whole.body).hexdigest() == digest
    half = len(whole.body) // 2
    rest = app.get(flac, headers={"Range": f"bytes={half}-", "If-Range": whole.headers["ETag"]}, status=206)
    assert whole.body[:half] + rest.body == whole.body
    assert app.get(mp3).body != whole.body
    beyond = app.get(flac, headers={"Range": f"bytes={len(whole.body)}-"}, status=416)
    assert beyond.headers["Content-Range"] == f"bytes */{len(whole.body)}"


def test_each_track_can_be_had_by_itself(app, owned):
    page = app.get(f"/library/{owned.public_id}")
    links = [link for link in downloads(page) if ".2?" in link]
    answer = app.get(links[0])
    assert answer.content_type == "audio/flac"
    assert 'filename="02 What the Rain Said.flac"' in answer.headers["Content-Disposition"]
    assert len([link for link in downloads(page) if "." in link.partition("?")[0]]) == 6


@pytest.mark.parametrize(
    "name",
    [
        "wav",
        "stream",
        "flac.0",
        "flac.4",
        "flac.999",
        "flac.1000",
        "flac.01",
        "flac.x",
        "FLAC",
        "..",
        "flac.1.1",
        "flac%00",
        "x" * 500,
    ],
)
def test_what_was_never_sold_is_not_there(app, owned, name):
    assert app.get(f"/library/{owned.public_id}/{name}", expect_errors=True).status_int in (400, 404)


def test_another_ones_purchase_looks_like_none(app, session, owned):
    make_customer(session, "bob@example.com")
    other, stranger = TestApp(app.app), TestApp(app.app)
    sign_in(other, "bob@example.com")
    for browser in (other, stranger):
        for path in ("/library/{}", "/library/{}/flac", "/library/{}/flac.1"):
            hers = browser.get(path.format(owned.public_id), status=404)
            nobodys = browser.get(path.format("0" * 32), status=404)
            assert without_id(hers) == without_id(nobodys)


def without_id(answer):
    return answer.text.replace(answer.headers["X-Request-Id"], "")


@pytest.mark.parametrize("state", [state for state in PurchaseState if state != PurchaseState.PAID])
def test_what_is_not_paid_is_not_there(app, session, owned, state):
    change(session, owned, state=state)
    app.get(f"/library/{owned.public_id}", status=404)
    app.get(f"/library/{owned.public_id}/flac", status=404)
    assert "There is nothing here yet" in app.get("/library").text


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"refund_requested": 900, "refunded": 900}, 403),
        ({"refund_requested": 900}, 403),
        ({"refund_requested": 300, "refunded": 300}, 200),
        ({"dispute": "needs_response"}, 403),
        ({"dispute": "lost"}, 403),
        ({"dispute": "a_status_of_tomorrow"}, 403),
        ({"dispute": "warning_needs_response"}, 200),
        ({"dispute": "won"}, 200),
        ({"access_override": AccessOverride.WITHDRAWN}, 403),
        ({"dispute": "lost", "access_override": AccessOverride.GIVEN}, 200),
        ({"state": PurchaseState.CANCELED, "access_override": AccessOverride.GIVEN}, 200),
    ],
)
def test_access_is_asked_at_every_request(app, session, owned, facts, status):
    page = app.get(f"/library/{owned.public_id}")
    signed = downloads(page)[0]
    assert without_cookie(app, signed).status_int == 200
    change(session, owned, **facts)
    assert app.get(signed, expect_errors=True).status_int == status
    assert without_cookie(app, signed).status_int == status
    page = app.get(f"/library/{owned.public_id}")
    assert bool(downloads(page)) == (status == 200)
    assert owned.public_id in page.text


@pytest.mark.parametrize(
    ("facts", "words", "state"),
    [
        ({"refund_requested": 900}, "was refunded", "refunded"),
        ({"refund_requested": 900, "refunded": 900, "dispute": "lost"}, "was refunded", "refunded"),
        ({"dispute": "needs_response"}, "in dispute at your bank", "in dispute"),
        ({"access_override": AccessOverride.WITHDRAWN}, "The shop has closed", "closed"),
    ],
)
def test_who_finds_it_closed_reads_why(app, session, owned, facts, words, state):
    change(session, owned, **facts)
    assert words in app.get(f"/library/{owned.public_id}").html.select_one(".notice").text
    assert app.get(f"/store/success/{owned.public_id}", status=303).location.endswith(f"/library/{owned.public_id}")
    assert [found.text for found in app.get("/library").html.select(".state")] == [state]


def test_a_signed_link_is_good_for_a_day_without_a_cookie(app, owned):
    start = datetime.now(UTC)
    link = downloads(app.get(f"/library/{owned.public_id}"))[0]
    with time_machine.travel(start + timedelta(hours=23, minutes=59)):
        assert without_cookie(app, link).status_int == 200
    with time_machine.travel(start + timedelta(hours=24, seconds=2)):
        gone = without_cookie(app, link)
        assert gone.status_int == 410
        assert gone.html.select_one(".acts a")["href"] == "/library"
        assert app.get(link).status_int == 200, "its owner needs no signature"


def test_a_signed_link_opens_its_own_file_alone(app, session, album, owned):
    link = downloads(app.get(f"/library/{owned.public_id}"))[0]
    other = make_purchase(session, album, buyer_key=browser_key("x" * 43))
    path, key = link.split("?key=")
    end, mac = key.split(".")
    assert without_cookie(app, link).status_int == 200
    for wrong in (
        path.replace("/flac", "/mp3-v0") + f"?key={key}",
        path.replace("/flac", "/flac.1") + f"?key={key}",
        path.replace(owned.public_id, other.public_id) + f"?key={key}",
        f"{path}?key={int(end) + 1}.{mac}",
        f"{path}?key={mac}",
        f"{path}?key=",
        path,
    ):
        assert without_cookie(app, wrong).status_int == 404, wrong


def test_a_bit_of_a_signed_link_that_flips_closes_it(app, owned):
    """Every bit of the key, by the service; through HTTP each is a 404 like those above."""
    from storefront.services.library.signing import is_signed, sign

    now = datetime.now(UTC)
    key = sign("secret", owned.public_id, "flac", now)
    assert is_signed("secret", owned.public_id, "flac", key, now)
    assert not is_signed("another", owned.public_id, "flac", key, now)
    for index in range(len(key) * 8):
        raw = bytearray(key.encode())
        raw[index // 8] ^= 1 << index % 8
        assert not is_signed("secret", owned.public_id, "flac", raw.decode("latin-1"), now)


def test_a_withdrawn_album_stays_with_its_owners(app, session, album, owned):
    with writing(session):
        session.merge(album).state = AlbumState.WITHDRAWN
    assert "Low Tide" in app.get("/library").text
    assert app.get(f"/library/{owned.public_id}/flac").status_int == 200


def test_music_stays_with_its_owners_when_its_artist_is_gone(app, session, album, owned):
    with writing(session):
        session.execute(update(Album).values(state=AlbumState.WITHDRAWN))
        for table in (AlbumArtist, Artist):
            session.execute(delete(table))
    assert "Mara Quist" in app.get("/library").text
    page = app.get(f"/library/{owned.public_id}")
    for link in [downloads(page)[0], page.html.select_one(".tracks li")["data-stream"], "/library/everything/flac"]:
        assert app.get(link).status_int == 200


def erase(session, table):
    with writing(session):
        session.execute(update(Album).values(edition_id=None, state=AlbumState.WITHDRAWN))
        for below in (File, Track, table):
            session.execute(delete(below))


@pytest.mark.parametrize("table", [Album, Edition])
def test_what_somebody_owns_cannot_be_deleted(session, owned, table):
    with pytest.raises(IntegrityError):
        erase(session, table)


def test_a_newer_edition_is_theirs_and_the_one_bought_stays(app, session, wiring, album, owned):
    before = app.get(downloads(app.get(f"/library/{owned.public_id}"))[0])
    newer = make_album(session, wiring.storage, slug="low-tide-again", title="Low Tide again")
    with writing(session):
        edition, here = session.merge(newer.edition), session.merge(album)
        session.merge(newer).state, session.merge(newer).edition = AlbumState.WITHDRAWN, None
        edition.number, edition.album = 2, here
        session.flush()
        here.edition = edition
    page = app.get(f"/library/{owned.public_id}")
    assert "As you bought it" in page.text
    whole = [link for link in downloads(page) if "." not in link.partition("?")[0]]
    assert [link.rpartition("/")[2].partition("?")[0] for link in whole] == ["flac", "mp3-v0", "flac@1", "mp3-v0@1"]
    assert app.get(whole[0]).headers["ETag"] != before.headers["ETag"]
    assert app.get(whole[2]).headers["ETag"] == before.headers["ETag"]
    app.get(f"/library/{owned.public_id}/flac@2", status=404)
    app.get(f"/library/{owned.public_id}/flac@3", status=404)


def test_a_file_that_is_missing_is_said(app, session, wiring, owned):
    page = app.get(f"/library/{owned.public_id}")
    answer = app.get(downloads(page)[0])
    wiring.storage.delete(answer.headers["ETag"].strip('"'))
    missing = app.get(downloads(page)[0], status=500)
    assert "missing on our side" in missing.text


def test_the_receipt_is_sent_again_a_few_times_a_day(app, session, worker, mailbox, owned):
    for number in range(1, 7):
        page = app.get(f"/library/{owned.public_id}")
        answer = page.forms[0].submit()
        assert answer.status_int == 303
        said = answer.follow().html.select_one(".notice").text
        assert ("on its way to ana@example.com" in said) == (number < 6)
    worker.run_due()
    assert len(mailbox.to("ana@example.com")) == 6  # with the one about the sign-in
    assert session.scalars(select(Mail.key).where(Mail.kind == "receipt")).all() == [
        f"receipt:{owned.public_id}:{number}" for number in range(1, 6)
    ]


def test_nothing_is_sent_for_a_form_from_elsewhere(app, session, owned):
    app.post(f"/library/{owned.public_id}", {}, status=403)
    assert session.scalars(select(Mail).where(Mail.kind == "receipt")).all() == []


def test_a_guests_browser_has_it_without_an_account(app, session, album):
    purchase = make_purchase(session, album, buyer_key=browser_key(buyer_token(app, album)))
    assert "Low Tide" in app.get("/library").text
    assert app.get(f"/library/{purchase.public_id}/flac").status_int == 200


def test_looking_writes_nothing(app, session, owned):
    before = session.scalar(select(AlbumPurchase).execution_options(populate_existing=True))
    facts = {column.key: getattr(before, column.key) for column in AlbumPurchase.__table__.columns}
    for path in ("/library", f"/library/{owned.public_id}", f"/library/{owned.public_id}/flac"):
        app.get(path)
        app.head(path)
    after = session.scalar(select(AlbumPurchase).execution_options(populate_existing=True))
    assert facts == {column.key: getattr(after, column.key) for column in AlbumPurchase.__table__.columns}
