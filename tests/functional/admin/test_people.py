"""Owners say in the browser who comes to the desk: they let staff in, and take staff and other owners away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import select
from webtest import TestApp

from storefront.models import Account, AuditEntry, Role
from storefront.services.accounts.staff import LastOwner, NotStaff, remove_owner
from storefront.services.shop.audit import COMMAND
from tests.support.people import PASSWORD, link_in, make_customer, make_owner, make_staff, sign_in
from tests.support.statements import counted_statements

PEOPLE = "/admin/settings/people"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def listed(page):
    """Each one's line."""
    return [" ".join(line.text.split()) for line in page.html.select(".sitters li")]


def let_in(browser, email, **how):
    form = browser.get(PEOPLE).forms["let-in"]
    form["email"] = email
    return form.submit(**how)


def acts(session):
    session.rollback()
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(entry.who, entry.act, entry.detail.get("email")) for entry in entries]


@pytest.fixture
def other(app):
    """Somebody else's browser."""
    return TestApp(app.app)


@pytest.mark.parametrize("customer", [True, False], ids=["with an account", "without"])
def test_somebody_is_let_in_and_taken_away(owner, session, other, worker, mailbox, customer):
    if customer:
        make_customer(session, "cleo@example.com")
        sign_in(other, "cleo@example.com")
    told = let_in(owner, " Cleo@Example.com ").follow()
    assert "get a mail with a link to choose a password" in told.text
    assert listed(told) == [
        "owner@example.com owner This is you.",
        "cleo@example.com staff Has not chosen a password yet. Take from the desk",
    ]
    assert "They sit at the desk already." in let_in(owner, "cleo@example.com").follow().text
    assert other.get("/admin", status=303).location.startswith("http://localhost/sign-in"), "signed out"
    worker.run_due()
    [message] = [mail for mail in mailbox.to("cleo@example.com") if "desk" in mailbox.text(mail)]
    form = other.get(link_in(message)).forms[0]
    form["password"] = PASSWORD
    assert form.submit().location.endswith("/admin/purchases")
    other.get("/admin/purchases", status=200)

    listing = owner.get(PEOPLE)
    assert "cleo@example.com staff Last seen" in listed(listing)[1]
    asked = listing.click("Take from the desk")
    assert "Take cleo@example.com from the desk" in asked.html.h1.text
    other.get("/admin/purchases", status=200)  # asked is not done
    done = [asked.forms["take"].submit() for _ in range(2)][1].follow()
    assert "They do not sit at the desk any more." in done.text
    assert listed(done) == ["owner@example.com owner This is you."]
    other.get("/admin/purchases", status=303)
    assert sign_in(other, "cleo@example.com").status_int == 303
    other.get("/admin/purchases", status=403)
    owner.get(asked.request.path, status=303)
    assert acts(session) == [
        ("owner@example.com", "staff_added", "cleo@example.com"),
        ("owner@example.com", "staff_removed", "cleo@example.com"),
    ]
    told = " ".join(owner.get("/admin/audit").text.split())
    assert "cleo@example.com sits at the desk from now on" in told
    assert "cleo@example.com does not sit at the desk any more" in told


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("", "Enter"),
        ("<b>nobody", "Enter an e-mail address like name@example.com"),
        ("a\x07b@example.com", "Enter an e-mail address"),
        (f"{'a' * 250}@example.com", "Enter an e-mail address"),
        ("owner@example.com", "This is an owner's address, who may do everything already"),
    ],
)
def test_who_cannot_be_let_in(owner, session, email, words):
    page = let_in(owner, email, status=422)
    assert words in page.html.select_one("#email-error").text
    assert page.forms["let-in"]["email"].value == email
    assert acts(session) == []


def test_an_owner_takes_another_away_and_nobody_the_last(owner, session, other):
    make_owner(session, "ben@example.com")
    sign_in(other, "ben@example.com")
    mine = session.scalars(select(Account.public_id).where(Account.email == "owner@example.com")).one()
    bens = other.get(PEOPLE)
    assert len(bens.html.select(".sitters a")) == 1
    asked = bens.click("Take from the desk")
    listing = owner.get(PEOPLE)
    own_token = listing.forms["let-in"]["csrf_token"].value
    refused = owner.post(f"{PEOPLE}/{mine}", {"csrf_token": own_token}, status=409)
    assert "You cannot take yourself from the desk" in refused.html.select_one("[role=alert]").text
    listing.click("Take from the desk").forms["take"].submit().follow()
    other.get("/admin", status=303)
    assert asked.forms["take"].submit(expect_errors=True).status_int in (303, 400, 403)
    assert listed(owner.get(PEOPLE)) == ["owner@example.com owner This is you."]
    assert acts(session) == [("owner@example.com", "owner_removed", "ben@example.com")]
    assert "ben@example.com is no owner any more" in owner.get("/admin/audit").text
    with pytest.raises(LastOwner):
        remove_owner(session, "owner@example.com", NOW, COMMAND)
    with pytest.raises(NotStaff):
        remove_owner(session, "ben@example.com", NOW, COMMAND)
    session.rollback()
    assert session.scalars(select(Account.role).where(Account.email == "owner@example.com")).one() == Role.ADMIN


def test_of_two_who_take_each_other_away_at_once_one_is_left(session, wiring):
    emails = ("ann@example.com", "ben@example.com")
    for email in emails:
        make_owner(session, email)
    at_once = Barrier(len(emails))

    def take(email):
        with wiring.sessions() as own:
            at_once.wait(30)
            try:
                remove_owner(own, email, NOW, COMMAND)
            except LastOwner:
                return False
            return True

    with ThreadPoolExecutor() as threads:
        assert sorted(threads.map(take, emails)) == [False, True]
    session.rollback()
    assert sorted(session.scalars(select(Account.role))) == [Role.ADMIN, Role.CUSTOMER]


def test_what_is_asked_does_not_grow_with_the_people(owner, session):
    asked = []
    for number in range(2):
        make_staff(session, f"staff{number}@example.com")
        with counted_statements(owner) as statements:
            owner.get(PEOPLE)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 5
