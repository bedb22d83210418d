"""The customers at the desk: found by their addresses, listed without gaps, one told whole, a thief signed out."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from webtest import TestApp

from storefront.models import Account, AccountSession, AuditEntry, PurchaseState, Role, writing
from storefront.services.library.log import note_download
from storefront.services.shop.outbox import write_mail
from tests.factories import make_album
from tests.support.people import make_customer, make_purchase, make_staff, sign_in
from tests.support.statements import counted_statements

START = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def album(session, wiring):
    return make_album(session, wiring.storage)


@pytest.fixture
def buy(session, album):
    """A purchase by that address, so many minutes after the start."""

    def buy(email, minutes=0, **facts):
        at = START + timedelta(minutes=minutes)
        return make_purchase(session, album, buyer_key=f"browser:{secrets.token_hex(8)}", email=email, at=at, **facts)

    return buy


def listed(page):
    return [" ".join(cell.text.split()) for cell in page.html.select(".ledger tbody td:first-child")]


def test_before_anybody_came(owner, session):
    assert listed(owner.get("/admin/customers")) == ["owner@example.com"]


def test_who_bought_last_comes_first_and_an_account_by_its_beginning(owner, session, buy):
    buy("ana@example.com", 1)
    buy("bob@example.com", 2)
    buy("ana@example.com", 3)
    buy("", 4)  # written down anew from Stripe, which knew no address
    with writing(session):
        session.add(Account(public_id="c" * 32, email="cleo@example.com", created=START + timedelta(minutes=2.5)))
    page = owner.get("/admin/customers")
    assert listed(page) == ["owner@example.com", "ana@example.com", "cleo@example.com", "bob@example.com"]
    cells = [[" ".join(cell.text.split()) for cell in row.select("td")[2:]] for row in page.html.select("tbody tr")]
    assert cells[1] == ["2", "€18.00", "guest"]
    assert cells[2] == ["0", "", "account"]


def test_what_was_not_paid_or_was_given_back_is_no_total(owner, session, buy):
    buy("ana@example.com", 1, state=PurchaseState.CANCELED)
    purchase = buy("ana@example.com", 2)
    with writing(session):
        purchase.refunded = purchase.refund_requested = 450
    row = owner.get("/admin/customers", {"q": "ana@"}).html.select_one("tbody tr")
    assert [cell.text for cell in row.select(".amount")] == ["1", "€4.50"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("ana@example.com", ["ana@example.com"]),
        (" Ana@Example.COM ", ["ana@example.com"]),
        ("an", ["ana@example.com", "ana@example.org", "and@example.com"]),
        ("ana@", ["ana@example.com", "ana@example.org"]),
        ("na@", []),
        ("%", []),
        ("a_a", []),
        ("x" * 3000, []),
        ("\U0010ffff", []),
    ],
)
def test_an_address_is_found_by_its_beginning(owner, session, buy, asked, found):
    for email in ("ana@example.org", "ana@example.com", "bob@example.com"):
        buy(email)
    make_customer(session, "ana@example.com")
    make_customer(session, "and@example.com")
    assert listed(owner.get("/admin/customers", {"q": asked})) == found


@pytest.mark.parametrize("order", ["newest", "name"])
def test_pages_of_a_hundred_without_gaps_in_few_statements(owner, session, album, order):
    """Many at the same moment, accounts among them, some with several purchases."""
    at = [START + timedelta(seconds=number // 9) for number in range(250)]
    with writing(session):
        for number in range(0, 250, 2):
            account = Account(public_id=f"{number:032}", email=f"{number:03}@example.com", created=at[number])
            session.add(account)
    for number in range(0, 250, 3):
        for again in range(1 + number % 2):
            make_purchase(session, album, buyer_key=f"browser:{number}:{again}", email=f"{number:03}@example.com",
                          at=at[number] - timedelta(days=again), state=PurchaseState.CANCELED)  # fmt: skip
    expected = {f"{number:03}@example.com" for number in range(250) if number % 2 == 0 or number % 3 == 0}
    seen, page = [], owner.get("/admin/customers", {"sort": order})
    with counted_statements(owner) as statements:
        while True:
            seen += listed(page)
            older = page.html.select_one("a[rel=next]")
            if older is None:
                break
            statements.clear()
            page = owner.get(older["href"])
            assert len([one for one in statements if one.startswith("SELECT")]) <= 6
    assert len(seen) == len(set(seen))
    assert set(seen) == {*expected, "owner@example.com"}
    if order == "name":
        assert seen == sorted(seen)


@pytest.fixture
def ana(session, buy):
    """An account with a purchase of its own, one that it took over, a mail and a download."""
    account = make_customer(session)
    one, two = buy("ana@example.com", 1, account=account), buy("old@example.com", 2, account=account)
    with writing(session):
        two.refunded = two.refund_requested = 900
        write_mail(session, "receipt", "receipt:x", "ana@example.com", START, purchase=one)
    note_download(session, [one], "flac", "198.51.100.7", START)
    return account


def test_one_customer_is_told_whole_in_few_statements(owner, session, ana):
    with counted_statements(owner) as statements:
        page = owner.get("/admin/customers/ana@example.com")
    assert len([one for one in statements if one.startswith("SELECT")]) == 8
    text = " ".join(page.html.main.get_text(" ").split())
    for words in (
        "account, address proven", "Paid in EUR €18.00 €9.00 of it given back · 2 bought", "bought as old@example.com",
        "receipt, waiting", "flac, from 198.51.100.7", "Signed in Nowhere",
    ):  # fmt: skip
        assert words in text
    purchase = page.click("2026", index=0)
    assert purchase.click("old@example.com").status_int == 200


def test_nobody_has_this_address(owner):
    owner.get("/admin/customers/nobody@example.com", status=404)
    owner.get("/admin/customers/%2e%2e%2fx", status=404)


def test_a_thief_is_signed_out_here_and_everywhere(owner, app, session, ana):
    thief, phone = TestApp(app.app, {"HTTP_USER_AGENT": "Thief"}), TestApp(app.app, {"HTTP_USER_AGENT": "Phone"})
    for browser in (thief, phone):
        sign_in(browser, "ana@example.com")
    page = owner.get("/admin/customers/ana@example.com")
    form = next(form for form in page.forms.values() if "end" in form.fields)
    ends = {button["aria-label"]: button["value"] for button in page.html.select("[name=end][aria-label]")}
    assert set(ends) == {"Sign out here: Thief", "Sign out here: Phone"}

    def press(value):
        fields = {"csrf_token": form["csrf_token"].value, "end": value}
        return owner.post("/admin/customers/ana@example.com", fields).follow()

    assert "Signed out there" in press(ends["Sign out here: Thief"]).text
    assert "Sign in" in thief.get("/library").text
    assert "Sign out" in phone.get("/library").text
    press(ends["Sign out here: Thief"])
    press("all")
    assert "Sign in" in phone.get("/library").text
    acts = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.act, entry.detail["count"]) for entry in acts] == [("sessions_ended", 1), ("sessions_ended", 1)]


def test_nobody_elses_session_ends(owner, session, ana):
    """The owner's own, named in the form of another's page."""
    [mine] = session.scalars(select(AccountSession)).all()
    page = owner.get("/admin/audit")
    token = page.forms[0]["csrf_token"].value
    owner.post("/admin/customers/ana@example.com", {"csrf_token": token, "end": mine.token_hash})
    owner.get("/admin/audit", status=200)


def test_staff_look_and_change_nothing(app, session, ana):
    make_staff(session)
    staff = TestApp(app.app)
    sign_in(staff, "staff@example.com")
    sign_in(TestApp(app.app), "ana@example.com")
    page = staff.get("/admin/customers").click("ana@example.com")
    assert "Sign out here" not in page.text
    assert "Correct it" not in page.text
    token = page.forms[0]["csrf_token"].value
    staff.post("/admin/customers/ana@example.com", {"csrf_token": token, "end": "all"}, status=403)
    assert Role.STAFF in session.scalars(select(Account.role)).all()
