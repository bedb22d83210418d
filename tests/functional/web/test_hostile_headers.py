"""Headers that no browser sends: never an answer made of them, never an error of ours."""

import pytest
from webtest import TestApp

from storefront.wiring import Wiring
from tests.factories import make_album

STRANGERS = [
    "evil.test",
    'localhost"><x',
    "a b",
    "[::1",
    "localhost:abc",
    "",
    "localhost, evil.test",
    "localhost:1234567",
]


@pytest.mark.parametrize("database_kind", ["sqlite"])  # which is not asked anything
@pytest.mark.parametrize("host", STRANGERS)
@pytest.mark.parametrize("path", ["/", "/admin/purchases", "/static/css", "/library"])
def test_another_host_is_refused(app: TestApp, host: str, path: str) -> None:
    page = app.get(path, headers={"Host": host}, status=400)

    assert "another shop" in page
    assert "evil" not in page.headers.get("Location", "")


@pytest.mark.parametrize("host", ["localhost", "localhost:80", "LOCALHOST", "127.0.0.1:6543", "[::1]:6543"])
def test_this_machine_is_good_in_development(app: TestApp, host: str) -> None:
    app.get("/", headers={"Host": host}, status=200)


PRODUCTION = {
    "environment": "production",
    "base_url": "https://music.example.com",
    "secret_key": "0123456789abcdef0123456789abcdef",
    "stripe.secret_key": "sk_test_1234567890",
    "stripe.publishable_key": "pk_test_1234567890",
    "stripe.webhook_secrets": "whsec_1234567890",
    "stripe.api_base": "",
    "stripe.js_url": "https://js.stripe.com/endive/stripe.js",
    "mail.sender": "The Band <music@example.com>",
    "shop.timezone": "Europe/Berlin",
}


@pytest.mark.parametrize(
    ("host", "status"),
    [("music.example.com", 200), ("music.example.com:443", 200), ("localhost", 400), ("evil.test", 400)],
)
def test_production_has_one_name(ini: dict[str, str], make_app, host: str, status: int) -> None:
    app = make_app({**ini, **PRODUCTION})
    app.get("/", headers={"Host": host}, status=status)


@pytest.mark.parametrize("header", ["bytes=-", "bytes=-,-", "bytes=--1", "bytes= -", "bytes=-0", "bytes=0-0,2-3", "x"])
def test_static_files_come_whole(app: TestApp, header: str) -> None:
    whole = app.get("/static/css/base.css", status=200)
    assert app.get("/static/css/base.css", headers={"Range": header}, status=200).body == whole.body


def test_static_files_take_nothing(app: TestApp) -> None:
    assert app.post("/static/css/base.css", status=405).headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("cookie", [r'session="\377\377"', r'visitor="\377"', r'other="\377"', "session=", "=;=;", "é"])
def test_cookies_that_are_no_text(app: TestApp, cookie: str) -> None:
    for path in ("/library", "/sign-in", "/"):
        app.get(path, headers={"Cookie": cookie}, status=200)


@pytest.mark.parametrize("origin", ["http://[x", "http://", "null", "x", "http://localhost.evil.test"])
def test_origins_that_are_none(app: TestApp, origin: str) -> None:
    form = app.get("/sign-in").forms[0]
    fields = dict(form.submit_fields())
    app.post("/sign-in", fields, headers={"Origin": origin}, status=403)


@pytest.mark.parametrize("referer", ["http://[evil/", "http://ex_ample.test/", "http://é.test/", "x", "http://"])
def test_a_page_that_buyers_come_from(app: TestApp, wiring: Wiring, referer: str) -> None:
    with wiring.sessions() as session:
        make_album(session, wiring.storage, slug="gift", amount=0)
    page = app.get("/store/buy/gift", headers={"Referer": referer.encode().decode("latin-1")}, status=200)
    form = page.forms["till"]
    form["email"] = "ana@example.com"
    assert "/store/success/" in form.submit(status=303).headers["Location"]
