"""What holds at every address, those that are added later included: the list is Pyramid's own."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from webtest import TestApp, TestResponse

from storefront.models import Album, Base
from storefront.web.limits import LOGO, largest_form
from storefront.wiring import Wiring
from tests.factories import make_album

#: Same for everybody: no cookie, no sign-in state.
PUBLIC = {
    "home",
    "albums",
    "album",
    "artists",
    "artist",
    "search",
    "help",
    "shop_text",
    "shop_accent",
    "shop_logo",
    "stream",
    "cover",
    "accent",
    "robots",
    "sitemap",
}
WEBHOOK = "/stripe/webhook"

Addresses = dict[str, str]


@pytest.fixture
def album(wiring: Wiring) -> Album:
    with wiring.sessions() as session:
        return make_album(session, wiring.storage)


@pytest.fixture
def addresses(app: TestApp, album: Album) -> Addresses:
    """Every route by its name, with an address of it that exists where anything exists."""
    assert album.edition
    assert album.cover_digest
    stream = next(file.digest for file in album.edition.files if file.format == "stream")
    values = {
        "slug": album.slug,
        "public_id": "0" * 32,
        "token": "t" * 43,
        "format": "flac",
        "width": "320",
        "extension": "webp",
        "file": "1" * 32,
        "email": "ana@example.com",
        "kind": "terms",
        "dispute": "du_1",
        "light": "0" * 6,
        "dark": "0" * 6,
    }
    own = {"artist": {"slug": "mara-quist"}, "stream": {"digest": stream}}
    found = {}
    for entry in app.app.registry.introspector.get_category("routes"):
        route = entry["introspectable"]
        if "static" not in route["name"]:
            known = {"digest": album.cover_digest, **values, **own.get(route["name"], {})}
            found[route["name"]] = re.sub(
                r"\{(\w+)[^/]*?\}(?=[^}]|$)", lambda match, known=known: known[match[1]], route["pattern"]
            )
    return found


def rows(wiring: Wiring) -> dict[str, list[object]]:
    """Every row of every table, but of the one that counts tries."""
    with wiring.engine.connect() as connection:
        tables = [table for table in Base.metadata.sorted_tables if table.name != "counted_try"]
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


def ask(app: TestApp, method: str, address: str, body: dict[str, str] | bytes = b"", **headers: str) -> TestResponse:
    """From a browser that nobody knows."""
    app.reset()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if method == "POST":
        return app.post(address, body, headers=named, status="*")
    return app.request(address, method=method, headers=named, status="*")


def test_the_routes_are_known_to_this_test(addresses: Addresses) -> None:
    assert addresses.keys() > PUBLIC
    assert len(addresses) > 20


def test_no_form_works_without_its_own_browsers_token(app: TestApp, wiring: Wiring, addresses: Addresses) -> None:
    before = rows(wiring)
    attempts: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"csrf_token": ""}, {}),
        ({"csrf_token": "0" * 64}, {}),
        ({"csrf_token": "0" * 64}, {"Cookie": "visitor=" + "v" * 43 + "; session=" + "s" * 43}),
    ]
    for address in addresses.values():
        for fields, headers in attempts:
            answer = ask(app, "POST", address, fields, **headers)
            to_sign_in = answer.status_int == 303 and "/sign-in?" in answer.location
            assert 400 <= answer.status_int < 500 or to_sign_in, address
    assert rows(wiring) == before


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}]
)
def test_a_form_on_another_site_is_refused_even_with_the_token(
    app: TestApp, addresses: Addresses, headers: dict[str, str]
) -> None:
    form = app.get(addresses["sign_in"]).form
    fields = {"csrf_token": form["csrf_token"].value, "email": "a@example.com", "password": "a long password"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    assert app.post(addresses["sign_in"], fields, headers=named, status="*").status_int == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(app: TestApp, wiring: Wiring, addresses: Addresses, method: str) -> None:
    before = rows(wiring)
    for address in addresses.values():
        assert ask(app, method, address).status_int < 500, address
    assert rows(wiring) == before


def test_other_methods_are_refused_with_what_is_allowed(app: TestApp, addresses: Addresses) -> None:
    anything_goes = TestApp(app.app, lint=False)
    for address in addresses.values():
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"):
            answer = ask(anything_goes, method, address)
            assert (answer.status_int, bool(answer.headers.get("Allow"))) == (405, True), (method, address)


def everywhere(app: TestApp, addresses: Addresses) -> list[TestResponse]:
    others = ["/nothing", "/static/css/nothing.css", "/albums/nothing", "/?a=1&a=2", "/%ff"]
    return [
        ask(app, method, address) for address in (*addresses.values(), *others) for method in ("GET", "POST", "PUT")
    ]


def test_the_security_headers_are_on_every_answer(app: TestApp, addresses: Addresses) -> None:
    for answer in everywhere(app, addresses):
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
        for name in ("default-src", "base-uri", "object-src", "frame-ancestors"):
            assert policy[name] == "'none'", answer.request.path
        assert policy["form-action"] == "'self'"
        assert "unsafe" not in str(policy)
        assert "*" not in str(policy)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] in ("strict-origin-when-cross-origin", "no-referrer")
        assert answer.headers["Cross-Origin-Opener-Policy"].startswith("same-origin")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_only_pages_that_load_stripe_let_it_through(app: TestApp, addresses: Addresses) -> None:
    for name, address in addresses.items():
        policy = ask(app, "GET", address).headers["Content-Security-Policy"]
        assert ("http://127.0.0.1" in policy) == (name == "buy"), name


def test_public_pages_set_no_cookie_and_private_ones_are_never_kept(app: TestApp, addresses: Addresses) -> None:
    for name, address in addresses.items():
        answer = ask(app, "GET", address)
        assert name not in PUBLIC or "Set-Cookie" not in answer.headers, name
        assert name in PUBLIC or answer.headers["Cache-Control"] == "no-store", name


def test_cookies_are_closed_to_scripts_and_to_other_sites(
    make_app: Callable[[dict[str, str]], TestApp], ini: dict[str, str], addresses: Addresses
) -> None:
    secure = make_app({**ini, "base_url": "https://localhost"})
    seen = [line for address in addresses.values() for line in ask(secure, "GET", address).headers.getall("Set-Cookie")]
    assert seen
    for line in seen:
        attributes = {part.strip().lower() for part in line.split(";")[1:]}
        assert line.startswith("__Host-")
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= attributes
        assert not [part for part in attributes if part.startswith("domain")]
    assert ask(secure, "GET", "/").headers["Strict-Transport-Security"].startswith("max-age=63072000")


#: As large as the limit of the address, and two bytes more.
TOO_LARGE = b""
JUNK: dict[str, tuple[bytes, str, int]] = {
    "too large": (TOO_LARGE, "application/x-www-form-urlencoded", 413),
    "multipart": (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
    "json": (b"{}", "application/json", 415),
    "other charset": (b"a=b", "application/x-www-form-urlencoded; charset=utf-16", 400),
    "broken percent": (b"csrf_token=%ZZ", "application/x-www-form-urlencoded", 400),
    "half a percent": (b"csrf_token=%", "application/x-www-form-urlencoded", 400),
    "not UTF-8": (b"csrf_token=%ff", "application/x-www-form-urlencoded", 400),
    "NUL": (b"csrf_token=%00", "application/x-www-form-urlencoded", 400),
    "a field twice": (b"csrf_token=a&csrf_token=b", "application/x-www-form-urlencoded", 400),
    "five thousand fields": (b"&".join(b"a%d=" % number for number in range(5_000)), "", 400),
}


@pytest.mark.parametrize("kind", JUNK)
def test_what_no_form_sends_is_refused_everywhere(
    app: TestApp, wiring: Wiring, addresses: Addresses, kind: str
) -> None:
    body, content_type, status = JUNK[kind]
    before = rows(wiring)
    for address in addresses.values():
        if address != WEBHOOK:
            sent = body or b"a=" + b"b" * largest_form(address)
            headers = {"Content_Type": content_type or "application/x-www-form-urlencoded"}
            answer = ask(app, "POST", address, sent, **headers)
            if kind == "multipart" and address == LOGO:  # which takes such a form, but no such token
                assert answer.status_int in (400, 403)
                continue
            assert answer.status_int == status, (kind, address)
            assert "<h1" in answer.text
    assert rows(wiring) == before


@pytest.mark.parametrize("query", ["a=%ff", "a=%00", "a=1&a=2", "&".join(f"a{number}" for number in range(200))])
def test_what_no_link_holds_is_refused_everywhere(app: TestApp, addresses: Addresses, query: str) -> None:
    for address in addresses.values():
        assert ask(app, "GET", f"{address}?{query}").status_int == 400, address


@pytest.mark.parametrize(
    "end", ["%ff", "%00", "%0d%0aX-Evil:1", "../../etc/passwd", "a" * 10_000, "%2e%2e/x", ";a", ".css"]
)
def test_an_address_that_is_none_is_a_page_of_the_shop(app: TestApp, addresses: Addresses, end: str) -> None:
    for address in addresses.values():
        answer = ask(app, "GET", f"{address.rstrip('/')}/{end}")
        assert answer.status_int in (303, 400, 404), address
        assert "X-Evil" not in answer.headers


@pytest.mark.parametrize(
    "header", ["X-Vhm-Root", "X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override"]
)
def test_headers_that_would_lead_elsewhere_change_nothing(app: TestApp, addresses: Addresses, header: str) -> None:
    for value in ("/admin", "evil.example", "DELETE"):
        answer = app.get("/albums", headers={header: value}, status="*")
        assert answer.status_int == 200
        assert "evil.example" not in answer.text
