"""Every route, by everybody: the table of who may see what. A route without a row fails.

The routes are those that Pyramid itself lists, so that one that is added later is not forgotten.
"""

from datetime import UTC, datetime, timedelta

import pytest
from pyramid.interfaces import IRoutesMapper
from sqlalchemy import select
from webtest import TestApp

from storefront.models import Base, Dispute, Role, ShopText, writing
from storefront.services.accounts.email_links import make_email_link
from storefront.services.catalogue.uploading.receiving import announce_file, begin_upload
from storefront.services.library.receipt_links import make_receipt_link
from storefront.services.store.buyers import account_key
from storefront.web.security import PERMISSIONS
from tests.factories import make_album
from tests.support.people import make_customer, make_owner, make_purchase, make_staff, sign_in

WHO = ("a stranger", "another customer", "its buyer", "an admin")
#: Route -> what GET answers to each of WHO. The purchase is paid, its album published.
MAY = {
    "home": (200, 200, 200, 200),
    "albums": (200, 200, 200, 200),
    "album": (200, 200, 200, 200),
    "artists": (200, 200, 200, 200),
    "artist": (200, 200, 200, 200),
    "search": (200, 200, 200, 200),
    "help": (200, 200, 200, 200),
    "shop_text": (200, 200, 200, 200),
    # Before anybody chose them.
    "shop_accent": (404, 404, 404, 404),
    "shop_logo": (404, 404, 404, 404),
    "robots": (200, 200, 200, 200),
    "sitemap": (200, 200, 200, 200),
    "stream": (200, 200, 200, 200),
    "cover": (200, 200, 200, 200),
    "accent": (200, 200, 200, 200),
    "buy": (200, 200, 303, 200),
    "complete": (405, 405, 405, 405),
    "success": (404, 404, 200, 404),
    "failure": (404, 404, 303, 404),
    "status": (404, 404, 303, 404),
    "authenticate": (404, 404, 303, 404),
    "return": (404, 404, 303, 404),
    "cancel": (404, 404, 405, 404),
    "webhook": (405, 405, 405, 405),
    "library": (200, 200, 200, 200),
    "receipt": (200, 200, 200, 200),
    "owned": (404, 404, 200, 404),
    "download": (404, 404, 200, 404),
    "everything": (404, 404, 200, 404),
    "sign_up": (200, 303, 303, 303),
    "sign_in": (200, 303, 303, 303),
    "password": (200, 303, 303, 303),
    "sign_out": (405, 405, 405, 405),
    "prove": (200, 200, 200, 200),
    "admin": (303, 403, 403, 200),
    "admin_purchases": (303, 403, 403, 200),
    "admin_purchases_csv": (303, 403, 403, 200),
    "admin_purchase": (303, 403, 403, 200),
    "admin_purchase_refund": (303, 403, 403, 200),
    "admin_disputes": (303, 403, 403, 200),
    "admin_dispute": (303, 403, 403, 200),
    "admin_dispute_send": (303, 403, 403, 303),
    "admin_dispute_accept": (303, 403, 403, 200),
    "admin_settings": (303, 403, 403, 200),
    "admin_settings_texts": (303, 403, 403, 200),
    "admin_settings_mail": (303, 403, 403, 200),
    "admin_settings_look": (303, 403, 403, 200),
    "admin_settings_accent": (303, 403, 403, 400),
    "admin_settings_logo": (303, 403, 403, 405),
    "admin_settings_machine": (303, 403, 403, 200),
    "admin_settings_people": (303, 403, 403, 200),
    # Of a customer, who can be taken nothing.
    "admin_settings_person": (303, 403, 403, 303),
    "admin_audit": (303, 403, 403, 200),
    "admin_customers": (303, 403, 403, 200),
    "admin_customer": (303, 403, 403, 200),
    "admin_customer_address": (303, 403, 403, 200),
    "admin_mails": (303, 403, 403, 200),
    "admin_jobs": (303, 403, 403, 200),
    "admin_albums": (303, 403, 403, 200),
    "admin_album": (303, 403, 403, 200),
    "admin_album_preview": (303, 403, 403, 200),
    "admin_album_sale": (303, 403, 403, 405),
    "admin_album_files": (303, 403, 403, 405),
    "admin_album_upload": (303, 403, 403, 405),
    "admin_artists": (303, 403, 403, 200),
    "admin_artist": (303, 403, 403, 200),
    "admin_artist_merge": (303, 403, 403, 405),
    "admin_artist_delete": (303, 403, 403, 405),
    "admin_cover": (303, 403, 403, 200),
    "admin_accent": (303, 403, 403, 200),
    "admin_stream": (303, 403, 403, 200),
    "admin_uploads": (303, 403, 403, 405),
    "admin_upload": (303, 403, 403, 200),
    "admin_upload_files": (303, 403, 403, 405),
    "admin_upload_file": (303, 403, 403, 405),
    "admin_upload_without": (303, 403, 403, 405),
}
#: What staff may not see of what an admin sees: 403.
NOT_FOR_STAFF = {
    "admin_dispute_send",
    "admin_dispute_accept",
    "admin_customer_address",
    "admin_purchase_refund",
    "admin_albums",
    "admin_album",
    "admin_album_preview",
    "admin_artists",
    "admin_artist",
    "admin_cover",
    "admin_accent",
    "admin_stream",
    "admin_upload",
    "admin_settings",
    "admin_settings_texts",
    "admin_settings_mail",
    "admin_settings_look",
    "admin_settings_accent",
    "admin_settings_machine",
    "admin_settings_people",
    "admin_settings_person",
}
#: What takes a POST without a form's token.
WITHOUT_A_TOKEN = {"webhook"}


@pytest.fixture
def paths(app, session, wiring):
    """Route -> a path of it that exists."""
    album = make_album(session, wiring.storage)
    ana = make_customer(session)
    purchase = make_purchase(session, album, buyer_key=account_key(ana), account=ana)
    now = datetime.now(UTC)
    with writing(session):
        receipt = make_receipt_link(session, purchase, datetime.now(UTC))
        session.add(
            Dispute(stripe_dispute_id="dp_1", purchase_id=purchase.id, amount=900, currency="eur", created=now,
                    status="needs_response", evidence_due=now + timedelta(days=7))
        )  # fmt: skip
        proof = make_email_link(session, "new@example.com", datetime.now(UTC))
        session.add(ShopText(kind="terms", words="Words", digest="0" * 64, since=datetime.now(UTC)))
    stream = next(file.digest for file in album.edition.files if file.kind == "stream")
    upload = begin_upload(session, now)
    incoming = announce_file(session, wiring.uploads, upload, "01.flac", 1000, 0, now)
    in_upload = {"public_id": upload.public_id, "file": incoming.public_id}
    values = {
        "slug": album.slug, "public_id": purchase.public_id, "format": "flac", "token": receipt, "digest": stream,
        "width": "320", "extension": "webp", "kind": "terms", "light": "0" * 6, "dark": "0" * 6,
        "email": "ana@example.com", "dispute": "dp_1",
    }  # fmt: skip
    special = {
        "artist": {"slug": album.artists[0].artist.slug},
        "prove": {"token": proof},
        "cover": {"digest": album.cover_digest},
        "accent": {"digest": album.cover_digest},
        "admin_cover": {"digest": album.cover_digest},
        "admin_accent": {"digest": album.cover_digest},
        **{name: {"public_id": album.public_id} for name in MAY if name.startswith("admin_album_")},
        "admin_album": {"public_id": album.public_id},
        "admin_settings_person": {"public_id": ana.public_id},
        **{name: {"public_id": album.artists[0].artist.public_id} for name in MAY if name.startswith("admin_artist")},
        **{name: in_upload for name in MAY if name.startswith("admin_upload")},
    }
    mapper = app.app.registry.getUtility(IRoutesMapper)
    return {
        route.name: route.generate({**values, **special.get(route.name, {})})
        for route in mapper.get_routes()
        if not route.name.startswith("__")
    }


@pytest.fixture
def browsers(app, session, paths):
    """A browser for each of WHO."""
    make_customer(session, "bob@example.com")
    make_owner(session)
    made = dict(zip(WHO, (app, *(TestApp(app.app) for _ in range(3))), strict=True))
    for who, email in zip(WHO[1:], ("bob@example.com", "ana@example.com", "owner@example.com"), strict=True):
        sign_in(made[who], email)
    return made


def tables(session):
    """Everything that is in the database, but the log of downloads: those are GETs."""
    session.commit()
    watched = [table for table in Base.metadata.sorted_tables if table.name != "download"]
    return {table.name: sorted(map(repr, session.execute(select(table)))) for table in watched}


def test_every_route_has_its_row_and_keeps_to_it(paths, browsers):
    assert set(paths) == set(MAY)
    found = {
        route: tuple(browsers[who].get(path, expect_errors=True).status_int for who in WHO)
        for route, path in paths.items()
    }
    assert found == MAY


def views_of_the_desk(app):
    """(view, the permission that it asks for or None)."""
    introspector = app.app.registry.introspector
    for entry in introspector.get_category("views"):
        view = entry["introspectable"]
        if (view["route_name"] or "").startswith("admin"):
            asked = [other["value"] for other in entry["related"] if other.category_name == "permissions"]
            yield view, asked[0] if asked else None


def test_every_view_of_the_desk_asks_for_a_permission_and_each_is_somebodys(app):
    """Without one it would be open to whoever has a desk."""
    asked = {view["name"] or view["route_name"]: permission for view, permission in views_of_the_desk(app)}
    assert [name for name, permission in asked.items() if permission is None] == []
    assert set(asked.values()) <= PERMISSIONS[Role.ADMIN]
    assert PERMISSIONS[Role.STAFF] < PERMISSIONS[Role.ADMIN]
    assert PERMISSIONS[Role.CUSTOMER] == frozenset()


def test_staff_see_what_they_may_and_do_no_more(app, session, paths):
    make_staff(session)
    staff = TestApp(app.app)
    sign_in(staff, "staff@example.com")
    found = {name: staff.get(path, expect_errors=True).status_int for name, path in paths.items()}
    assert found == {name: 403 if name in NOT_FOR_STAFF else MAY[name][-1] for name in paths}
    token = staff.get("/admin/audit").forms[0]["csrf_token"].value
    before = tables(session)
    for view, permission in views_of_the_desk(app):
        if takes_posts(view) and permission not in PERMISSIONS[Role.STAFF]:
            fields = {"csrf_token": token, **named(view)}
            answer = staff.post(paths[view["route_name"]], fields, expect_errors=True)
            assert answer.status_int == 403, view["route_name"]
            assert "for the shop&#39;s owner" in answer.text
    assert tables(session) == before


def named(view):
    """The parameters that a view must find, with the values that it asks for."""
    asked = view["request_param"] or ()
    parts = [name.partition("=") for name in ([asked] if isinstance(asked, str) else asked)]
    return {name: value or "1" for name, _, value in parts}


def test_looking_changes_nothing(session, paths, browsers):
    browsers["its buyer"].get(paths["download"])  # is written down, once
    before = tables(session)
    for path in paths.values():
        for browser in browsers.values():
            browser.get(path, expect_errors=True)
            browser.head(path, expect_errors=True)
    assert tables(session) == before


def test_nothing_is_sent_without_the_forms_token(session, paths, browsers):
    token_of_another = browsers["another customer"].get("/library").forms[0]["csrf_token"].value
    before = tables(session)
    fields = {"email": "ana@example.com", "password": "a heron walks by the water", "amount": "900", "currency": "eur"}
    for route, path in paths.items():
        for who in ("a stranger", "its buyer", "an admin"):
            for token in ({}, {"csrf_token": ""}, {"csrf_token": token_of_another}):
                status = browsers[who].post(path, {**fields, **token}, expect_errors=True).status_int
                assert 400 <= status < 500, (route, who)
    assert tables(session) == before


def test_only_the_webhook_needs_no_token(app):
    views = [entry["introspectable"] for entry in app.app.registry.introspector.get_category("views")]
    open_ones = {
        view["route_name"]
        for view in views
        if view["route_name"] and not view["route_name"].startswith("__") and takes_posts(view) and not asks(view)
    }
    assert open_ones == WITHOUT_A_TOKEN


def takes_posts(view):
    methods = view["request_methods"]
    return not methods or "POST" in ([methods] if isinstance(methods, str) else methods)


def asks(view):
    """Whether it asks for the token; the whole site does unless a view says no by name."""
    return view.get("require_csrf") is not False


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"])
def test_other_methods_are_not_taken(session, paths, browsers, method):
    before = tables(session)
    for path in paths.values():
        answer = browsers["an admin"].request(path, method=method, expect_errors=True)
        assert answer.status_int == 405
        assert "Allow" in answer.headers
    assert tables(session) == before


def test_no_page_answers_another_origin(paths, browsers):
    for path in paths.values():
        for origin in ("https://evil.test", "null"):
            answer = browsers["its buyer"].get(path, headers={"Origin": origin}, expect_errors=True)
            assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_customer_at_the_desk_is_told_how_to_change_accounts(app, session):
    """The button does not lead round in a circle: whoever is signed in is sent away from the sign-in page."""
    make_customer(session)
    make_owner(session)
    sign_in(app, "ana@example.com")
    shelf = app.get("/admin/albums", status=403).click("To my library")
    shelf.forms[0].submit()
    assert sign_in(app, "owner@example.com", next="/admin").location.endswith("/admin")
    assert app.get("/admin").html.h1.text == "Overview"
