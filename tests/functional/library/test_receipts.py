"""The receipt: a mail that says what was bought, and a link that works from anywhere."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from webtest import TestApp

from storefront.models import AlbumPurchase, Mail, PurchaseLink, writing
from storefront.services.shop.receipts import write_not_charged, write_receipt
from storefront.services.store.buyers import browser_key
from tests.factories import make_album
from tests.support.people import link_in, make_customer, make_purchase, sign_in


@pytest.fixture
def album(session, wiring):
    return make_album(session, wiring.storage)


@pytest.fixture
def bought(session, album):
    """A guest's purchase, made in a browser that is gone."""
    purchase = make_purchase(session, album, buyer_key=browser_key("x" * 43))
    with writing(session):
        write_receipt(session, purchase, datetime.now(UTC))
    return purchase


@pytest.fixture
def link(bought, worker, mailbox):
    worker.run_due()
    return link_in(mailbox.only)


def test_the_mail_says_what_was_bought(bought, worker, mailbox):
    worker.run_due()
    message = mailbox.only
    text, html = mailbox.text(message), message.get_body(("html",)).get_content()
    assert message["To"] == "ana@example.com"
    assert message["Subject"] == "Low Tide is yours: your receipt"
    for said in (bought.public_id, "€9.00", "Mara Quist", "Visa 4242", "Harbour Lights Records"):
        assert said in text
        assert said in html
    assert "<img" not in html
    assert html.count("href=") == 1
    assert link_in(message) in html


def test_it_is_written_once_however_often(session, bought, worker, mailbox):
    with writing(session):
        write_receipt(session, bought, datetime.now(UTC))
    worker.run_due()
    assert len(mailbox.messages) == 1
    assert session.scalars(select(Mail.key)).all() == [f"receipt:{bought.public_id}"]


def test_it_is_not_written_when_the_step_fails(session, album, worker, mailbox):
    purchase = make_purchase(session, album, buyer_key=browser_key("y" * 43))

    def settle_and_break():
        with writing(session):
            write_receipt(session, purchase, datetime.now(UTC))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        settle_and_break()
    assert worker.run_due() == 0
    assert mailbox.messages == []


def test_its_link_opens_the_music_without_a_cookie(app, link):
    page = app.get(link)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    flac = page.html.select_one("a[download]")["href"]
    assert link.rpartition("/")[2] not in flac
    assert TestApp(app.app).get(flac).content_type == "application/zip"


def test_its_link_is_not_in_the_database(session, link):
    token = link.rpartition("/")[2]
    row = session.scalars(select(PurchaseLink)).one()
    assert len(token) == 43
    assert row.token_hash != token


def test_the_link_shows_a_refunded_purchase_without_its_music(app, session, bought, link):
    flac = app.get(link).html.select_one("a[download]")["href"]
    with writing(session):
        session.execute(update(AlbumPurchase).values(refunded=900, refund_requested=900))
    page = app.get(link)
    assert "downloads are closed" in page.text
    assert page.html.select("a[download]") == []
    app.get(flac, status=403)


def test_the_holder_keeps_it_in_an_account(app, session, bought, link):
    make_customer(session, "cleo@example.com")
    to_sign_in = app.get(link).forms[0].submit()
    assert to_sign_in.status_int == 303
    form = to_sign_in.follow().forms[0]
    form["email"], form["password"] = "cleo@example.com", "a heron walks by the water"
    back = form.submit()
    assert back.location == f"http://localhost{link}"
    kept = back.follow().forms[0].submit().follow()
    assert "It is in your library" in kept.text
    assert "Low Tide" in app.get("/library").text
    session.refresh(bought)
    assert bought.account.email == "cleo@example.com"
    assert bought.buyer_key == browser_key("x" * 43)


def test_what_is_in_an_account_is_nobody_elses_to_keep(app, session, bought, link):
    ana = make_customer(session)  # the address of the purchase: it joined
    make_customer(session, "cleo@example.com")
    sign_in(app, "cleo@example.com")
    page = app.get(link)
    assert not page.forms
    token = app.get("/library").forms[0]["csrf_token"].value
    app.post(link, {"csrf_token": token})
    session.refresh(bought)
    assert bought.account_id == ana.id


def test_guessing_links_is_slowed(app, link):
    for number in range(30):
        app.get(f"/library/receipt/{number:043}", status=404)
    answer = app.get(f"/library/receipt/{31:043}", status=429)
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert app.get(link).status_int == 200, "who has the link is not slowed"


@pytest.mark.parametrize("token", ["x", "x" * 44, "..", "%00", "x" * 10_000, "%C3%A9" * 43], ids=range(6))
def test_what_is_no_token_is_not_there(app, database, token):
    assert app.get(f"/library/receipt/{token}", expect_errors=True).status_int in (400, 404)


def test_nothing_charged_is_said_to_who_waited(session, album, worker, mailbox):
    purchase = make_purchase(session, album, buyer_key=browser_key("y" * 43), state="canceled")
    with writing(session):
        write_not_charged(session, purchase, datetime.now(UTC))
    worker.run_due()
    assert mailbox.only["Subject"] == "Nothing was charged for Low Tide"
    assert link_in(mailbox.only) == "/store/buy/low-tide"
