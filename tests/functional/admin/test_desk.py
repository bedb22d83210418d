"""The owner's side: the newest purchases and the mails, for admins alone."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from webtest import TestApp

from storefront.models import Account, AlbumPurchase, LedgerEntry, PurchaseState, Role, writing
from storefront.services.shop.mailer import SpoolMailer
from storefront.services.shop.receipts import write_receipt
from storefront.services.shop.wishes import Condition
from storefront.services.store.buyers import browser_key
from tests.factories import make_album
from tests.support.people import make_customer, make_owner, make_purchase, sign_in
from tests.support.statements import counted_statements

PAGES = ["/admin/purchases", "/admin/mails", "/admin/mails?mail=receipt:x"]


@pytest.fixture
def album(session, wiring):
    return make_album(session, wiring.storage)


@pytest.fixture
def desk(app, session):
    """The admin's browser."""
    make_owner(session)
    assert sign_in(app, "owner@example.com").location == "http://localhost/admin/purchases"
    return app


@pytest.mark.parametrize("path", PAGES)
def test_who_is_signed_out_signs_in_and_comes_back(app, session, path):
    make_owner(session)
    to_sign_in = app.get(path)
    assert to_sign_in.status_int == 303
    form = to_sign_in.follow().forms[0]
    form["email"], form["password"] = "owner@example.com", "a heron walks by the water"
    assert form.submit().location == f"http://localhost{path}"


@pytest.mark.parametrize("path", PAGES)
def test_a_customer_is_not_let_in(app, session, path):
    make_customer(session)
    sign_in(app, "ana@example.com")
    assert "not open to you" in app.get(path, status=403).text


def test_a_role_that_is_taken_away_ends_at_the_next_request(desk, session):
    desk.get("/admin/purchases")
    with writing(session):
        session.execute(update(Account).values(role=Role.CUSTOMER))
    desk.get("/admin/purchases", status=403)


def test_an_empty_desk(desk):
    assert "Nobody has bought anything yet" in desk.get("/admin/purchases").text


def test_a_purchase_is_told_whole(desk, session, album):
    purchase = make_purchase(session, album, buyer_key=browser_key("x" * 43))
    page = desk.get("/admin/purchases")
    row = page.html.select_one(".ledger tbody tr")
    cells = [" ".join(cell.text.split()) for cell in row.select("td")]
    assert cells[1:9] == ["Low Tide", "ana@example.com", "Visa 4242", "paid", "€9.00", "", "€0.56", "€8.44"]
    assert purchase.stripe_payment_id in cells[9]
    assert purchase.stripe_charge_id in cells[9]
    assert cells[10] == purchase.public_id
    stripe = row.select_one("td:nth-child(10) a")["href"]
    assert stripe == f"https://dashboard.stripe.com/test/payments/{purchase.stripe_payment_id}"


def test_what_a_dispute_costs_is_in_the_books(desk, session, album):
    """Fees and net are the ledger's: a dispute takes the price and a fee of its own."""
    purchase = make_purchase(session, album, buyer_key=browser_key("x" * 43))
    taken = LedgerEntry(stripe_id="txn_d", purchase_id=purchase.id, type="adjustment", source="du_1", amount=-900,
                        fee=1500, net=-2400, currency="eur", created=purchase.created)  # fmt: skip
    with writing(session):
        session.add(taken)
        session.execute(update(AlbumPurchase).values(dispute="needs_response", flags=["disputed"]))
    cells = [" ".join(cell.text.split()) for cell in desk.get("/admin/purchases").html.select(".ledger tbody td")]
    assert cells[4:9] == ["disputed", "€9.00", "", "€15.56", "−€15.56"]


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"state": PurchaseState.CREATED}, "not paid"),
        ({"state": PurchaseState.OPEN}, "not paid"),
        ({"state": PurchaseState.CONFIRMING}, "checking"),
        ({"state": PurchaseState.ACTION_REQUIRED}, "checking"),
        ({"state": PurchaseState.PROCESSING}, "checking"),
        ({"state": PurchaseState.CANCELED}, "canceled"),
        ({"state": PurchaseState.PAID}, "paid"),
        ({"refunded": 900, "refund_requested": 900}, "refunded"),
        ({"refunded": 100, "refund_requested": 100}, "partly refunded"),
        ({"dispute": "needs_response"}, "disputed"),
        ({"flags": ["amount_differs"]}, "paid amount differs"),
    ],
)
def test_each_state_has_its_word(desk, session, album, facts, word):
    make_purchase(session, album, buyer_key=browser_key("x" * 43))
    with writing(session):
        session.execute(update(AlbumPurchase).values(**facts))
    cell = desk.get("/admin/purchases").html.select_one(".ledger tbody td:nth-child(5)")
    assert " ".join(cell.text.split()) == word
    condition = {"not paid": "unpaid", "paid amount differs": "paid"}.get(word, word)
    for other in Condition:
        found = desk.get("/admin/purchases", {"state": other}).html.select(".ledger tbody tr")
        assert len(found) == (other == condition), other


def test_pages_of_a_hundred_in_order_without_gaps_in_six_statements(desk, session, wiring, album):
    start = datetime.now(UTC)
    made = [
        make_purchase(
            session, album, buyer_key=browser_key(f"{n:043}"), at=start - timedelta(seconds=n // 7), state="canceled"
        ).public_id
        for n in range(205)
    ]
    seen, page = [], desk.get("/admin/purchases")
    while True:
        seen += [row.select("td")[10].text for row in page.html.select(".ledger tbody tr")]
        older = page.html.select_one("a[rel=next]")
        if older is None:
            break
        with counted_statements(desk) as statements:
            page = desk.get(older["href"])
        assert 0 < len(statements) <= 6, statements
    assert sorted(seen) == sorted(made)
    assert len(seen) == len(set(seen))
    moments = {public_id: n // 7 for n, public_id in enumerate(made)}
    assert [moments[public_id] for public_id in seen] == sorted(moments.values())


@pytest.mark.parametrize("before", ["", "x", "0" * 32, "'; DROP TABLE album_purchase; --"])
def test_an_edge_that_is_none_gives_the_first_page(desk, session, album, before):
    make_purchase(session, album, buyer_key=browser_key("x" * 43))
    assert "Low Tide" in desk.get("/admin/purchases", {"before": before}).text


def test_a_hostile_buyer_and_title_are_only_words(desk, session, wiring):
    title = "<script>alert(1)</script>{{ 7*7 }}"
    album = make_album(session, wiring.storage, title=title)
    make_purchase(session, album, buyer_key=browser_key("x" * 43), email='"><b>@example.com')
    page = desk.get("/admin/purchases")
    assert page.html.select_one(".ledger td:nth-child(2)").text == title
    assert "<script>alert" not in page.text


def test_the_mails_are_listed_and_read(desk, session, worker, album):
    purchase = make_purchase(session, album, buyer_key=browser_key("x" * 43))
    with writing(session):
        write_receipt(session, purchase, datetime.now(UTC))
    waiting = desk.get("/admin/mails")
    assert [state.text for state in waiting.html.select(".ledger .state")] == ["waiting", "waiting"]
    worker.run_due()
    page = desk.get("/admin/mails")
    assert [state.text for state in page.html.select(".ledger .state")] == ["sent", "sent"]
    read = page.click("receipt")
    assert read.html.h1.text == "Low Tide is yours: your receipt"
    assert purchase.public_id in read.html.select_one(".letter").text
    receipt = read.html.select_one(".letter a")["href"]
    assert "Low Tide" in TestApp(desk.app).get(receipt.removeprefix("http://localhost")).text


def test_a_mail_that_is_none_is_not_there(desk):
    desk.get("/admin/mails", {"mail": "receipt:../../etc/passwd"}, status=404)


def test_a_mail_that_did_not_leave_says_why(desk, session, worker, wiring, album):
    purchase = make_purchase(session, album, buyer_key=browser_key("x" * 43))
    worker.run_due()
    with writing(session):
        write_receipt(session, purchase, datetime.now(UTC))
    a_file = next(wiring.mailer.folder.glob("*.eml"))  # where no folder can be made
    object.__setattr__(wiring, "mailer", SpoolMailer(a_file))
    worker.run_due()
    row = desk.get("/admin/mails").html.select_one(".ledger tbody tr")
    assert "not sent" in row.text


def test_the_session_is_stricter_than_a_customers(desk):
    """The cookie goes when twelve hours have passed, at the latest."""
    cookie = next(cookie for cookie in desk.cookiejar if cookie.name == "session")
    assert cookie.expires <= (datetime.now(UTC) + timedelta(hours=12)).timestamp()
