"""Somebody makes an account: an address, a mailed link, a password, and what they bought before is there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select
from webtest import TestApp

from storefront.models import Account, AlbumPurchase, EmailLink, Mail
from storefront.services.store.buyers import browser_key
from tests.factories import make_album
from tests.support.people import PASSWORD, buyer_token, link_in, make_customer, make_purchase, sign_in


def ask(app: TestApp, email: str, path: str = "/sign-up") -> Any:
    form = app.get(path).forms[0]
    form["email"] = email
    return form.submit(expect_errors=True)


def choose(app: TestApp, link: str, password: str = PASSWORD) -> Any:
    form = app.get(link).forms[0]
    form["password"] = password
    return form.submit(expect_errors=True)


def test_an_account_begins_with_a_mailed_link(app, session, worker, mailbox):
    answer = ask(app, "  Ana@Example.COM ")
    assert answer.status_int == 303
    assert "mailbox" in answer.follow().text
    assert session.scalar(select(func.count()).select_from(Account)) == 0
    worker.run_due()
    link = link_in(mailbox.only)
    page = app.get(link)
    assert "ana@example.com" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    answer = choose(app, link)
    assert answer.location == "http://localhost/library"
    assert "Signed in as ana@example.com" in answer.follow().text


def test_a_link_is_good_once_and_opening_it_uses_nothing_up(app, worker, mailbox):
    ask(app, "ana@example.com")
    worker.run_due()
    link = link_in(mailbox.only)
    assert app.get(link).status_int == app.get(link).status_int == 200
    assert choose(app, link).status_int == 303
    stranger = TestApp(app.app)
    gone = stranger.get(link, status=410)
    assert "no longer works" in gone.text


def test_a_link_is_good_for_half_an_hour(app, worker, mailbox):
    ask(app, "ana@example.com")
    worker.run_due()
    link = link_in(mailbox.only)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=29)):
        assert app.get(link).status_int == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31)):
        assert app.get(link, status=410)


def test_a_new_link_ends_the_one_before(app, worker, mailbox):
    for _ in range(2):
        ask(app, "ana@example.com")
        worker.run_due()
    first, second = (link_in(message) for message in mailbox.messages)
    app.get(first, status=410)
    app.get(second, status=200)


def test_signing_in_ends_a_link(app, session, worker, mailbox):
    make_customer(session)
    ask(app, "ana@example.com", "/password")
    worker.run_due()
    link = link_in(mailbox.only)
    assert sign_in(app, "ana@example.com").status_int == 303
    app.get(link, status=410)


def test_the_database_holds_no_link(app, session, worker, mailbox):
    ask(app, "ana@example.com")
    worker.run_due()
    token = link_in(mailbox.only).rpartition("/")[2]
    assert len(token) >= 22
    row = session.scalars(select(EmailLink)).one()
    assert token not in (row.token_hash, row.email)


@pytest.mark.parametrize("path", ["/sign-up", "/password"])
def test_an_address_that_is_known_looks_like_one_that_is_not(app, session, worker, mailbox, path):
    make_customer(session, "known@example.com")
    pages = []
    for email in ("known@example.com", "nobody@example.com"):
        browser = TestApp(app.app)
        answer = ask(browser, email, path)
        pages.append((answer.status, answer.location, answer.body, browser.get(answer.location).text))
        worker.run_due()
    assert pages[0] == pages[1]
    known, unknown = mailbox.to("known@example.com"), mailbox.to("nobody@example.com")
    assert [m["Subject"] for m in known] == [m["Subject"] for m in unknown]


def test_what_a_guest_bought_with_the_address_joins(app, session, wiring, worker, mailbox):
    album = make_album(session, wiring.storage)
    other = TestApp(app.app)
    mine = make_purchase(session, album, buyer_key=browser_key(buyer_token(other, album)))
    theirs = make_purchase(session, album, buyer_key=browser_key("x" * 43), email="lou@example.com")
    ask(app, "ana@example.com")
    worker.run_due()
    shelf = choose(app, link_in(mailbox.only)).follow()
    assert "Low Tide" in shelf.text
    session.refresh(mine)
    session.refresh(theirs)
    assert mine.account.email == "ana@example.com"
    assert mine.buyer_key == browser_key(buyer_token(other, album))
    assert theirs.account_id is None


def test_what_this_browser_bought_joins_whatever_its_address(app, session, wiring, worker, mailbox):
    album = make_album(session, wiring.storage)
    purchase = make_purchase(session, album, buyer_key=browser_key(buyer_token(app, album)), email="typo@example.com")
    ask(app, "ana@example.com")
    worker.run_due()
    choose(app, link_in(mailbox.only))
    session.refresh(purchase)
    assert purchase.account.email == "ana@example.com"


def test_what_is_not_paid_joins_nobody(app, session, wiring, worker, mailbox):
    album = make_album(session, wiring.storage)
    purchase = make_purchase(session, album, buyer_key=browser_key("x" * 43), state="open")
    ask(app, "ana@example.com")
    worker.run_due()
    choose(app, link_in(mailbox.only))
    session.refresh(purchase)
    assert purchase.account_id is None


def test_a_new_password_signs_out_everywhere_and_tells_the_owner(app, session, worker, mailbox):
    make_customer(session)
    here = TestApp(app.app)
    sign_in(here, "ana@example.com")
    assert "Signed in" in here.get("/library").text
    ask(app, "ana@example.com", "/password")
    worker.run_due()
    [message] = [m for m in mailbox.messages if "/account/prove/" in mailbox.text(m)]
    choose(app, link_in(message), "another heron by the water")
    worker.run_due()
    assert "Signed in" not in here.get("/library").text
    assert sign_in(TestApp(app.app), "ana@example.com").status_int == 422
    assert sign_in(TestApp(app.app), "ana@example.com", "another heron by the water").status_int == 303
    assert any("password was changed" in m["Subject"] for m in mailbox.to("ana@example.com"))


def test_a_first_password_is_no_change(app, session, worker, mailbox):
    ask(app, "ana@example.com")
    worker.run_due()
    choose(app, link_in(mailbox.only))
    assert [mail.kind for mail in session.scalars(select(Mail))] == ["choose_password"]


def test_a_bad_password_is_said_and_the_link_stays_good(app, worker, mailbox):
    ask(app, "ana@example.com")
    worker.run_due()
    link = link_in(mailbox.only)
    for password in ("short", "password123", "harbour-lights-2026", "Ana.2026!"):
        answer = choose(app, link, password)
        assert answer.status_int == 422
        assert "<title>Error: " in answer.text
        assert password not in answer.text
    assert choose(app, link).status_int == 303


@pytest.mark.parametrize(
    "email", ["", "ana", "ana@", "ana@example", "a b@example.com", "ana@example.com\r\nBcc: x@y.com"]
)
def test_what_is_no_address_is_said_beside_the_field(app, session, email):
    answer = ask(app, email)
    assert answer.status_int == 422
    assert answer.forms[0]["email"].attrs["aria-invalid"] == "true"
    assert session.scalar(select(func.count()).select_from(Mail)) == 0


def test_an_address_is_not_flooded_and_nobody_is_told(app, session):
    answers = [ask(TestApp(app.app), "ana@example.com") for _ in range(7)]
    assert {(answer.status_int, answer.location) for answer in answers} == {(303, "http://localhost/sign-up?sent")}
    assert session.scalar(select(func.count()).select_from(Mail)) == 5


def test_a_network_that_asks_too_often_waits(app):
    for number in range(20):
        assert ask(app, f"a{number}@example.com").status_int == 303
    answer = ask(app, "b@example.com")
    assert answer.status_int == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


def test_more_fields_change_nothing(app, session, worker, mailbox):
    ask(app, "ana@example.com")
    worker.run_due()
    form = app.get(link_in(mailbox.only)).forms[0]
    fields = dict(
        form.submit_fields(), password=PASSWORD, role="admin", is_admin="1", email="owner@example.com", user_id="1"
    )
    app.post(form.action, fields)
    account = session.scalars(select(Account)).one()
    assert (account.email, account.role) == ("ana@example.com", "customer")


def test_who_is_signed_in_needs_no_door(app, session):
    make_customer(session)
    sign_in(app, "ana@example.com")
    for path in ("/sign-up", "/password", "/sign-in"):
        assert app.get(path).location == "http://localhost/library"


def test_purchases_of_later_join_at_the_next_sign_in(app, session, wiring):
    make_customer(session)
    album = make_album(session, wiring.storage)
    make_purchase(session, album, buyer_key=browser_key("x" * 43))
    sign_in(app, "ana@example.com")
    assert "Low Tide" in app.get("/library").text
    assert session.scalars(select(AlbumPurchase)).one().account_id is not None
