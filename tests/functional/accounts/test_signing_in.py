"""Signing in and out: sessions, their limits, guesses, and where one goes afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update
from webtest import TestApp

from storefront.models import Account, AccountSession, CountedTry, Role, writing
from storefront.services.accounts import passwords
from storefront.services.accounts.passwords import verify_password
from storefront.services.accounts.tokens import digest
from storefront.services.store.buyers import browser_key
from tests.factories import make_album
from tests.support.people import PASSWORD, buyer_token, make_customer, make_owner, make_purchase, make_staff, sign_in

OFF_SITE = [
    "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "/\t/evil.test", "/\n/evil.test", "http:evil.test",
    "https:///evil.test", "https://evil.test", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x",
    "user@evil.test", "//user@evil.test", "/%0d%0aLocation:x\r\n", "evil.test", "?next=//evil.test", "#x", " /library",
    "/library\x00", "／／evil.test", "/" + "a" * 2001,
]  # fmt: skip


def is_signed_in(app: TestApp) -> bool:
    return "Signed in as" in app.get("/library").text


def test_in_and_out(app, session):
    make_customer(session)
    assert not is_signed_in(app)
    assert sign_in(app, "Ana@example.com ").location == "http://localhost/library"
    assert is_signed_in(app)
    token = app.cookies["session"]
    answer = app.get("/library").forms[0].submit()
    assert answer.location == "http://localhost/"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_signed_in(app)
    assert is_anonymous(app, token)


def is_anonymous(app: TestApp, token: str) -> bool:
    """Whether a stolen or kept cookie opens nothing."""
    browser = TestApp(app.app)
    page = browser.get("/library", headers={"Cookie": f"session={token}"})
    return "Signed in as" not in page.text


def test_looking_at_sign_out_changes_nothing(app, session):
    make_customer(session)
    sign_in(app, "ana@example.com")
    app.get("/sign-out", status=405)
    assert is_signed_in(app)


def test_the_token_is_new_at_every_sign_in_and_the_old_one_ends(app, session):
    make_customer(session)
    app.get("/sign-in")
    visitor = app.cookies["visitor"]
    sign_in(app, "ana@example.com")
    first = app.cookies["session"]
    assert first != visitor
    assert is_anonymous(app, visitor)
    page = TestApp(app.app)
    page.cookiejar = app.cookiejar
    form = page.get("/library").forms[0]
    old_csrf = form["csrf_token"].value
    app.post("/sign-out", {"csrf_token": old_csrf})
    sign_in(app, "ana@example.com")
    assert app.cookies["session"] != first
    assert is_anonymous(app, first)
    app.post("/sign-out", {"csrf_token": old_csrf}, status=403)
    assert is_signed_in(app)


def test_signing_in_over_a_session_ends_it(app, session):
    make_customer(session)
    make_customer(session, "bob@example.com")
    sign_in(app, "ana@example.com")
    anas = app.cookies["session"]
    token = app.get("/library").forms[0]["csrf_token"].value
    app.post(
        "/sign-in", {"csrf_token": token, "email": "bob@example.com", "password": PASSWORD, "next": ""}, status=303
    )
    assert "Signed in as bob@example.com" in app.get("/library").text
    assert is_anonymous(app, anas)


def test_the_database_keeps_the_tokens_digest_alone(app, session):
    make_customer(session)
    sign_in(app, "ana@example.com")
    row = session.scalars(select(AccountSession)).one()
    assert row.token_hash == digest(app.cookies["session"])


@pytest.mark.parametrize(
    ("role", "idle", "absolute"),
    [
        (Role.CUSTOMER, timedelta(days=14), timedelta(days=30)),
        (Role.STAFF, timedelta(minutes=30), timedelta(hours=12)),
        (Role.ADMIN, timedelta(minutes=30), timedelta(hours=12)),
    ],
)
def test_a_session_ends_by_itself(app, session, role, idle, absolute):
    account = {Role.ADMIN: make_owner, Role.STAFF: make_staff, Role.CUSTOMER: make_customer}[role](session)
    start = datetime.now(UTC)
    little = timedelta(seconds=90)
    sign_in(app, account.email)
    with time_machine.travel(start + idle - little, tick=False):
        assert is_signed_in(app)
    with time_machine.travel(start + 2 * (idle - little), tick=False):
        assert is_signed_in(app)
    with time_machine.travel(start + 3 * idle, tick=False):
        assert not is_signed_in(app)
    app.reset()
    assert sign_in(app, account.email).status_int == 303
    moment = start
    while moment + idle - little < start + absolute:
        moment += idle - little
        with time_machine.travel(moment, tick=False):
            assert is_signed_in(app), moment - start
    with time_machine.travel(start + absolute + little, tick=False):
        assert not is_signed_in(app)


def test_the_cookies_over_https(ini, make_app, session):
    make_customer(session)
    app = make_app({**ini, "base_url": "https://shop.example"})
    app.extra_environ |= {"wsgi.url_scheme": "https", "HTTP_HOST": "shop.example"}
    answer = sign_in(app, "ana@example.com")
    cookies = answer.headers.getall("Set-Cookie")
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert names == {"__Host-session", "__Host-device", "__Host-visitor"}
    for cookie in cookies:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= attributes
        assert not any(attribute.startswith("domain") for attribute in attributes)
        assert len(cookie) < 4096


def test_wrong_looks_the_same_for_known_and_unknown(app, session):
    make_customer(session)
    pages = []
    for email in ("ana@example.com", "bob@example.com"):
        browser = TestApp(app.app)
        answer = sign_in(browser, email, "wrong")
        assert "wrong" not in answer.forms[0]["password"].value
        token = answer.forms[0]["csrf_token"].value
        headers = sorted(name for name, _ in answer.headerlist if name != "X-Request-Id")
        pages.append((answer.status, headers, answer.text.replace(token, "").replace(email, "")))
    assert pages[0] == pages[1]
    assert pages[0][0].startswith("422")


def test_the_eleventh_guess_waits_even_when_it_is_right(app, session):
    make_customer(session)
    for number in range(10):
        browser = TestApp(app.app, extra_environ={"REMOTE_ADDR": f"192.0.2.{number}"})
        assert sign_in(browser, "ana@example.com", "wrong").status_int == 422
    fresh = TestApp(app.app, extra_environ={"REMOTE_ADDR": "192.0.2.99"})
    answer = sign_in(fresh, "ana@example.com")
    assert answer.status_int == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5, seconds=1)):
        assert sign_in(fresh, "ana@example.com").status_int == 303


def test_a_browser_that_was_here_before_is_not_locked_out(app, session):
    make_customer(session)
    sign_in(app, "ana@example.com")
    app.get("/library").forms[0].submit()
    for number in range(11):
        stranger = TestApp(app.app, extra_environ={"REMOTE_ADDR": f"192.0.2.{number}"})
        sign_in(stranger, "ana@example.com", "wrong")
    assert sign_in(TestApp(app.app, extra_environ={"REMOTE_ADDR": "192.0.2.77"}), "ana@example.com").status_int == 429
    assert sign_in(app, "ana@example.com").status_int == 303


def test_a_known_browser_may_not_guess_without_end(app, session):
    make_customer(session)
    sign_in(app, "ana@example.com")
    app.get("/library").forms[0].submit()
    answers = [sign_in(app, "ana@example.com", "wrong").status_int for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_a_device_is_known_to_its_own_account_alone(app, session):
    make_customer(session)
    make_customer(session, "bob@example.com")
    sign_in(app, "ana@example.com")
    app.get("/library").forms[0].submit()
    for number in range(10):
        sign_in(TestApp(app.app, extra_environ={"REMOTE_ADDR": f"192.0.2.{number}"}), "bob@example.com", "wrong")
    assert sign_in(app, "bob@example.com").status_int == 429


@pytest.mark.parametrize("addresses", [["192.0.2.7"] * 11, [f"2001:db8::{n:x}" for n in range(1, 12)]])
def test_one_network_is_limited_whatever_it_claims(app, addresses):
    answers = []
    for number, address in enumerate(addresses):
        claimed = {"REMOTE_ADDR": address, "HTTP_X_FORWARDED_FOR": f"198.51.100.{number}"}
        browser = TestApp(app.app, extra_environ=claimed)
        answers.append(sign_in(browser, f"a{number}@example.com", "wrong").status_int)
    assert answers == [422] * 10 + [429]


def test_tries_that_succeed_do_not_count(app, session):
    make_customer(session)
    for _ in range(12):
        browser = TestApp(app.app)
        assert sign_in(browser, "ana@example.com").status_int == 303
    assert session.scalars(select(CountedTry)).all() == []


def test_a_disabled_account_is_out_at_once(app, session):
    account = make_customer(session)
    sign_in(app, "ana@example.com")
    with writing(session):
        session.execute(update(Account).where(Account.id == account.id).values(disabled_at=datetime.now(UTC)))
    assert not is_signed_in(app)
    assert sign_in(TestApp(app.app), "ana@example.com").status_int == 422


def test_a_weaker_hash_is_renewed(app, session, dear_passwords, monkeypatch):
    with monkeypatch.context() as weaker:
        weaker.setattr(passwords, "_HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1))
        account = make_customer(session)
    assert "m=8192" in account.password_hash
    sign_in(app, "ana@example.com")
    session.refresh(account)
    assert account.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password(account.password_hash, PASSWORD)


def test_a_new_browser_is_told_to_the_owner(app, session, worker, mailbox):
    make_customer(session)
    sign_in(app, "ana@example.com")
    worker.run_due()
    assert mailbox.only["Subject"] == "Somebody signed in to your library"
    app.get("/library").forms[0].submit()
    sign_in(app, "ana@example.com")
    worker.run_due()
    assert len(mailbox.messages) == 1


def test_it_goes_on_where_it_was_going(app, session):
    make_customer(session)
    page = app.get("/sign-in", {"next": "/library?sort=artist"})
    assert page.forms[0]["next"].value == "/library?sort=artist"
    answer = sign_in(app, "ana@example.com", next="/library?sort=artist")
    assert answer.location == "http://localhost/library?sort=artist"


@pytest.mark.parametrize("way_on", OFF_SITE)
def test_it_never_goes_to_another_site(app, session, way_on):
    make_customer(session)
    form = app.get("/sign-in").forms[0]
    form["email"], form["password"] = "ana@example.com", PASSWORD
    form["next"].force_value(way_on)
    answer = form.submit(expect_errors=True)
    assert answer.status_int in (303, 400)
    if answer.status_int == 303:
        assert answer.location == "http://localhost/library"


def test_this_browsers_purchases_join_at_sign_in(app, session, wiring):
    album = make_album(session, wiring.storage)
    purchase = make_purchase(session, album, buyer_key=browser_key(buyer_token(app, album)), email="typo@example.com")
    make_customer(session)
    sign_in(app, "ana@example.com")
    session.refresh(purchase)
    assert purchase.account_id is not None


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/password", "/sign-out"])
@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_a_form_from_elsewhere_is_refused(app, session, path, token):
    make_customer(session)
    sign_in(app, "ana@example.com")
    fields = {"email": "ana@example.com", "password": PASSWORD} | ({} if token is None else {"csrf_token": token})
    app.post(path, fields, status=403)
    assert is_signed_in(app)


FROM_ELSEWHERE = [
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.test", "Sec-Fetch-Site": "same-origin"},
]


@pytest.mark.parametrize("headers", FROM_ELSEWHERE)
def test_a_form_with_the_right_token_from_another_site_is_refused(app, session, headers):
    make_customer(session)
    form = app.get("/sign-in").forms[0]
    form["email"], form["password"] = "ana@example.com", PASSWORD
    form.submit(headers=headers, status=403)


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://localhost"}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}]
)
def test_a_form_of_this_shop_is_taken(app, session, headers):
    make_customer(session)
    form = app.get("/sign-in").forms[0]
    form["email"], form["password"] = "ana@example.com", PASSWORD
    form.submit(headers=headers, status=303)


def test_two_of_a_field_are_refused(app):
    token = app.get("/sign-in").forms[0]["csrf_token"].value
    body = [("csrf_token", token), ("email", "a@example.com"), ("email", "b@example.com"), ("password", "x")]
    app.post("/sign-in", body, status=400)
