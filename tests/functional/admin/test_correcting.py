"""An address is corrected: everything goes to the right mailbox, and nothing to anybody who had the wrong one."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from webtest import TestApp

from storefront.models import (
    Account,
    AlbumPurchase,
    AuditEntry,
    Mail,
    MailKind,
    PurchaseLink,
    PurchaseState,
    writing,
)
from storefront.services.accounts.correcting import AddressTaken, AtTheDesk, correct_address
from storefront.services.library.receipt_links import make_receipt_link
from storefront.services.shop.audit import COMMAND
from storefront.services.shop.receipts import write_receipt
from tests.factories import make_album
from tests.support.people import PASSWORD, link_in, make_customer, make_owner, make_purchase, make_staff, sign_in

WRONG, RIGHT = "ana@exmaple.com", "ana@example.com"


@pytest.fixture
def albums(session, wiring):
    return [make_album(session, wiring.storage, slug=slug, title=slug.title()) for slug in ("tide", "ebb", "flow")]


@pytest.fixture
def guest(session, albums):
    """Two paid purchases with the wrong address, one that was never paid, and one by somebody else."""
    states = (PurchaseState.PAID, PurchaseState.PAID, PurchaseState.OPEN)
    made = [
        make_purchase(session, album, buyer_key=f"browser:{album.slug}", email=WRONG, state=state)
        for album, state in zip(albums, states, strict=True)
    ]
    make_purchase(session, albums[0], buyer_key="browser:bob", email="bob@example.com")
    return made


def correct(owner, was=WRONG, new=RIGHT, **more):
    page = owner.get(f"/admin/customers/{was}").click("Correct it")
    form = next(form for form in page.forms.values() if "email" in form.fields)
    form["email"] = new
    return form.submit(**more)


def rows(session, *columns, **where):
    session.commit()
    return session.execute(select(*columns).filter_by(**where).order_by(columns[0])).all()


def test_a_guest_typed_it_wrong(owner, app, session, worker, mailbox, guest):
    """The receipts go to the right address; links that the wrong one got open nothing any more."""
    with writing(session):
        stranger = make_receipt_link(session, guest[0], datetime.now(UTC))
    assert app.get(f"/library/receipt/{stranger}").status_int == 200
    page = correct(owner, new=" Ana@Example.com ").follow()
    assert "The address is corrected" in page.text
    assert page.request.path == f"/admin/customers/{RIGHT}"
    assert len(rows(session, AlbumPurchase.id, email=RIGHT)) == 3
    assert len(rows(session, AlbumPurchase.id, email="bob@example.com")) == 1
    worker.run_due()
    TestApp(app.app).get(f"/library/receipt/{stranger}", status=404)
    receipts = mailbox.to(RIGHT)
    assert len(receipts) == 2
    titles = set()
    for receipt in receipts:
        links = re.findall(r"http://localhost(/library/receipt/\S+)", mailbox.text(receipt))
        titles.add(TestApp(app.app).get(links[0]).html.h1.text.strip())
    assert len(titles) == 2
    [told] = mailbox.to(WRONG)
    assert "belongs to another address from now on" in mailbox.text(told)
    assert RIGHT not in mailbox.text(told)


def test_it_is_in_the_audit_list_and_in_each_time_line(owner, session, guest):
    correct(owner)
    acts = session.scalars(select(AuditEntry)).all()
    assert {entry.subject for entry in acts} == {purchase.public_id for purchase in guest}
    line = f"owner@example.com: address corrected: {WRONG}, now {RIGHT}"
    page = owner.get(f"/admin/purchases/{guest[0].public_id}")
    assert line in " ".join(page.html.select_one(".time-line").get_text(" ").split())
    assert "address corrected" in owner.get("/admin/audit").text


def test_pressed_twice_it_happens_once(owner, session, guest):
    page = owner.get(f"/admin/customers/{WRONG}/address")
    form = next(form for form in page.forms.values() if "email" in form.fields)
    form["email"] = RIGHT
    form.submit(status=303)
    mails, acts = rows(session, Mail.key), rows(session, AuditEntry.id)
    form.submit(status=404)
    correct_address(session, WRONG, RIGHT, datetime.now(UTC), COMMAND)
    assert (rows(session, Mail.key), rows(session, AuditEntry.id)) == (mails, acts)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter your e-mail address"),
        ("nobody", "Enter an e-mail address like name@example.com"),
        (WRONG.upper(), "This is the address that is there already"),
        ("x" * 3000 + "@example.com", "Enter an e-mail address like name@example.com"),
    ],
)
def test_what_is_no_other_address_is_told_at_the_field(owner, session, guest, typed, said):
    page = correct(owner, new=typed, status=422)
    assert said in page.html.select_one("#email-error").text
    assert page.html.select_one("#email")["value"].lower() == typed.lower()
    assert len(rows(session, AlbumPurchase.id, email=WRONG)) == 3


def test_a_mail_that_has_not_left_yet_goes_to_the_right_address(owner, session, worker, mailbox, guest):
    now = datetime.now(UTC)
    with writing(session):
        write_receipt(session, guest[0], now)
        session.execute(update(Mail).where(Mail.recipient == WRONG).values(error="550 no such mailbox"))
    correct(owner)
    worker.run_due()
    assert len(mailbox.to(RIGHT)) == 3
    assert len(mailbox.to(WRONG)) == 1


def test_they_join_an_account_that_the_right_address_has(owner, app, session, guest):
    """When it is proven; else anybody who made one with it would have them."""
    make_customer(session, RIGHT)
    correct(owner)
    ana = TestApp(app.app)
    sign_in(ana, RIGHT)
    shelf = ana.get("/library").text
    assert all(title in shelf for title in ("Tide", "Ebb"))
    assert "Flow" not in shelf


def test_an_account_that_has_not_proven_the_right_address_gets_nothing(owner, session, guest):
    make_customer(session, RIGHT)
    with writing(session):
        session.execute(update(Account).where(Account.email == RIGHT).values(email_proven_at=None))
    correct(owner)
    assert {row.account_id for row in rows(session, AlbumPurchase.account_id, email=RIGHT)} == {None}


def test_an_account_moves_and_is_nobodys_until_the_new_mailbox_has_proven_itself(
    owner, app, session, worker, mailbox, albums
):
    account = make_customer(session, "ana@old.example")
    make_purchase(
        session, albums[0], buyer_key=f"account:{account.public_id}", account=account, email="ana@old.example"
    )
    thief = TestApp(app.app)
    sign_in(thief, "ana@old.example")
    assert "Tide" in thief.get("/library").text
    worker.run_due()
    correct(owner, "ana@old.example", "ana@new.example")
    worker.run_due()
    assert "Tide" not in thief.get("/library").text
    for email in ("ana@old.example", "ana@new.example"):
        assert sign_in(TestApp(app.app), email).status_int == 422
    thief.get("/password").forms[0].submit(expect_errors=True)
    assert not [one for one in mailbox.to("ana@old.example") if "choose a password" in mailbox.text(one)]
    [proof] = mailbox.to("ana@new.example")
    ana = TestApp(app.app)
    form = ana.get(link_in(proof)).forms[0]
    form["password"] = PASSWORD
    form.submit(status=303)
    assert "Tide" in ana.get("/library").text
    assert [row.act for row in rows(session, AuditEntry.act)] == ["account_address", "purchase_address"]


def test_two_accounts_are_not_made_one(owner, session, albums):
    make_customer(session, "ana@old.example")
    make_customer(session, RIGHT)
    page = correct(owner, "ana@old.example", RIGHT, status=422)
    assert "two accounts are not made one" in page.html.select_one("#email-error").text
    with pytest.raises(AddressTaken):
        correct_address(session, "ana@old.example", RIGHT, datetime.now(UTC), COMMAND)


def test_who_sits_at_the_desk_keeps_their_address(owner, session):
    make_staff(session)
    make_owner(session, "second@example.com")
    for email in ("staff@example.com", "second@example.com"):
        assert "Correct it" not in owner.get(f"/admin/customers/{email}").text
        page = owner.get(f"/admin/customers/{email}/address")
        form = next(form for form in page.forms.values() if "email" in form.fields)
        form["email"] = RIGHT
        form.submit(status=409)
        with pytest.raises(AtTheDesk):
            correct_address(session, email, RIGHT, datetime.now(UTC), COMMAND)


def test_of_many_purchases_the_newest_get_receipts(session, wiring):
    album = make_album(session, wiring.storage)
    for number in range(23):
        make_purchase(session, album, buyer_key=f"browser:{number}", email=WRONG)
    done = correct_address(session, WRONG, RIGHT, datetime.now(UTC), COMMAND)
    assert (done.purchases, done.account, done.receipts) == (23, False, 20)
    assert len(rows(session, Mail.id, kind=MailKind.RECEIPT, recipient=RIGHT)) == 20
    assert rows(session, PurchaseLink.token_hash) == []
