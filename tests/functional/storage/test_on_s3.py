"""A shop whose files lie in a bucket: brought in, made, listened to, bought, downloaded, all of it through S3."""

import hashlib
import io
import urllib.request
import zipfile

from sqlalchemy import select

from storefront.models import Album, File, FileKind
from storefront.services.catalogue.publishing import publish
from storefront.services.store.buyers import account_key
from tests.factories import make_album
from tests.functional.importing.conftest import NOW
from tests.support.people import make_customer, make_purchase, sign_in


def fetch(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer.status, answer.read(), answer.headers


def made_album(band, bring_in, make_files, session):
    band.album("Harbour", "Slack Water")
    make_files(bring_in(band))
    session.expire_all()
    album = session.scalars(select(Album)).one()
    publish(session, album, NOW)
    return album


def owned_by_ana(app, session, album):
    account = make_customer(session)
    sign_in(app, "ana@example.com")
    return make_purchase(session, album, buyer_key=account_key(account), account=account)


def test_a_stream_and_a_cover_come_from_the_bucket(app, band, bring_in, make_files, session, wiring):
    album = made_album(band, bring_in, make_files, session)
    stream = session.scalars(select(File).where(File.kind == FileKind.STREAM)).first()
    answer = app.get(f"/stream/{stream.digest}.mp3", status=302)
    assert answer.headers["Cache-Control"] == "public, max-age=1800"
    assert "X-Amz-Expires=3600" in answer.location
    status, whole, headers = fetch(answer.location)
    assert (status, headers["Content-Type"]) == (200, "audio/mpeg")
    assert hashlib.sha256(whole).hexdigest() == stream.digest
    status, part, _ = fetch(answer.location, Range="bytes=10-99")
    assert (status, part) == (206, whole[10:100])
    cover = app.get(f"/covers/{album.cover_digest}-320.webp", status=302)
    assert fetch(cover.location)[2]["Content-Type"] == "image/webp"
    policy = app.get(f"/albums/{album.slug}").headers["Content-Security-Policy"]
    assert f"media-src 'self' {wiring.storage.origin};" in policy
    assert f"img-src 'self' data: {wiring.storage.origin};" in policy


def test_a_download_has_its_name_and_goes_on_at_any_byte(app, band, bring_in, make_files, session):
    purchase = owned_by_ana(app, session, made_album(band, bring_in, make_files, session))
    url = f"/library/{purchase.public_id}/flac"
    answer = app.get(url, status=302)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    _, whole, headers = fetch(answer.location)
    assert 'filename="Mara Quist - Low Tide' in headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
    again = app.get(url, status=302)  # a fresh address, and the rest of the same bytes
    assert fetch(again.location, Range="bytes=1000-")[1] == whole[1000:]
    head = app.head(url, status=200)
    assert head.headers["Content-Length"] == str(len(whole))


def test_nobody_else_is_given_an_address(app, make_app, ini, band, bring_in, make_files, session):
    purchase = owned_by_ana(app, session, made_album(band, bring_in, make_files, session))
    answer = make_app(ini).get(f"/library/{purchase.public_id}/flac", expect_errors=True)
    assert "X-Amz-Signature" not in str(answer)
    assert "X-Amz-Signature" not in answer.headers.get("Location", "")


def test_everything_is_joined_of_ranges(app, band, bring_in, make_files, session, wiring):
    purchase = owned_by_ana(app, session, made_album(band, bring_in, make_files, session))
    orbit = make_album(session, wiring.storage, slug="orbit", title="Orbit", artists=["Kenji"])
    make_purchase(session, orbit, buyer_key=purchase.buyer_key, account=purchase.account)
    links = [link["href"] for link in app.get("/library").html.select(".everything a[download]")]
    whole = app.get(links[0], status=200).body
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
    assert app.get(links[0], headers={"Range": "bytes=5000-"}, status=206).body == whole[5000:]
