"""Staff look at the desk and answer customers; what moves money, changes the music or the shop is the owner's."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from webtest import TestApp

from storefront.models import Account, AccountSession, AuditEntry, Mail, Role
from storefront.services.accounts.staff import IsOwner, NotStaff, add_staff, remove_staff
from storefront.services.shop.audit import COMMAND
from storefront.services.store.buyers import browser_key
from tests.factories import make_album
from tests.support.people import PASSWORD, link_in, make_customer, make_owner, make_purchase, make_staff, sign_in
from tests.support.terminal import command_over

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def staff(app, session):
    """A staff member's browser."""
    make_staff(session)
    sign_in(app, "staff@example.com")
    return app


@pytest.fixture
def purchase(session, wiring):
    return make_purchase(session, make_album(session, wiring.storage), buyer_key=browser_key("x" * 43))


def buttons(page):
    return [button.text for button in page.html.select("main button, main .button")]


def test_they_find_a_purchase_send_its_receipt_and_write_a_note(staff, session, purchase):
    page = staff.get("/admin/purchases").click(href=f"/admin/purchases/{purchase.public_id}")
    assert buttons(page) == ["Sign out staff@example.com", "Send the receipt again", "Write it down"]
    page = next(form for form in page.forms.values() if "receipt" in form.fields).submit("receipt").follow()
    assert "is on its way to ana@example.com" in page.text
    form = next(form for form in page.forms.values() if "note" in form.fields)
    form["note"] = "Wrote about the download"
    assert "staff@example.com: note" in form.submit().follow().html.select_one(".time-line").get_text(" ", strip=True)
    tabs = [tab.text for tab in page.html.select(".tabs a")]
    assert "Purchases" in tabs
    assert "Albums" not in tabs


def test_the_owners_pages_are_refused_in_words(staff, purchase):
    refused = staff.get("/admin/albums", status=403)
    assert "for the shop&#39;s owner" in refused.text
    assert refused.click("To the purchases").status_int == 200
    assert purchase.public_id not in staff.get(f"/admin/purchases/{purchase.public_id}/refund", status=403).text


def test_a_mail_with_a_link_into_an_account_is_not_theirs_to_read(staff, app, session, worker):
    """Else they could ask for the owner's new password, and read the link where mails go into a folder."""
    make_owner(session)
    stranger = TestApp(app.app)
    form = stranger.get("/password").forms[0]
    form["email"] = "owner@example.com"
    form.submit()
    worker.run_due()
    listed = staff.get("/admin/mails").html.select_one(".ledger")
    assert "owner@example.com" in listed.text
    assert not listed.select("td:nth-child(3) a")
    key = session.scalars(select(Mail.key).where(Mail.recipient == "owner@example.com")).one()
    staff.get("/admin/mails", {"mail": key}, status=403)
    sign_in(stranger, "owner@example.com")
    assert "choose a password" in stranger.get("/admin/mails", {"mail": key}).text


def test_someone_is_let_in_with_a_password_of_the_desks_length_and_out_again(app, session, worker, mailbox):
    """By a link that is mailed: the short password of a customer's days opens nothing any more."""
    make_customer(session, "cleo@example.com")
    sign_in(app, "cleo@example.com")
    assert add_staff(session, "cleo@example.com", NOW, COMMAND)
    assert not add_staff(session, "cleo@example.com", NOW, COMMAND)
    app.get("/admin", status=303).follow()
    assert sign_in(app, "cleo@example.com").status_int == 422
    worker.run_due()
    [message] = [mail for mail in mailbox.to("cleo@example.com") if "desk" in mailbox.text(mail)]
    form = app.get(link_in(message)).forms[0]
    form["password"] = "fourteen chars"
    assert "at least 15 characters" in form.submit(status=422).text
    form["password"] = PASSWORD
    assert form.submit().location.endswith("/admin/purchases")
    app.get("/admin/purchases", status=200)

    remove_staff(session, "cleo@example.com", NOW, COMMAND)
    app.get("/admin/purchases", status=303)
    assert session.scalars(select(AccountSession)).all() == []
    acts = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.act, entry.detail) for entry in acts] == [
        ("staff_added", {"email": "cleo@example.com"}),
        ("staff_removed", {"email": "cleo@example.com"}),
    ]


def test_the_owner_is_neither_made_staff_nor_removed(session):
    make_owner(session)
    make_customer(session)
    with pytest.raises(IsOwner):
        add_staff(session, "owner@example.com", NOW, COMMAND)
    with pytest.raises(IsOwner):
        remove_staff(session, "owner@example.com", NOW, COMMAND)
    for nobody in ("ana@example.com", "unknown@example.com"):
        with pytest.raises(NotStaff):
            remove_staff(session, nobody, NOW, COMMAND)
    assert set(session.scalars(select(Account.role))) == {Role.ADMIN, Role.CUSTOMER}


def test_the_command(ini, tmp_path, session):
    storefront = command_over(ini, tmp_path)
    make_owner(session)
    assert storefront("staff").output == ""
    for said in ("is staff from now on, and gets a mail", "is staff already"):
        result = storefront("staff", "Dee@Example.com")
        assert result.exit_code == 0
        assert f"dee@example.com {said}" in result.output
    assert storefront("staff").output == "dee@example.com\n"
    removed = storefront("staff", "dee@example.com", "--remove")
    assert removed.output == "dee@example.com is a customer again, and signed out everywhere.\n"
    for arguments, said in (
        (("dee@example.com", "--remove"), "dee@example.com does not sit at the desk.\n"),
        (("owner@example.com",), "owner@example.com is the shop's owner, who may do everything.\n"),
        (("nobody",), "Enter an e-mail address like name@example.com.\n"),
    ):
        failed = storefront("staff", *arguments)
        assert (failed.exit_code, failed.stderr) == (1, said)
