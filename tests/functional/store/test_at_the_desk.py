"""One purchase at the desk: its time line, and what an admin does about it; with the sandbox behind it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update
from webtest import TestApp

from storefront.models import AuditEntry, Job, Mail, writing
from storefront.services.shop.audit import COMMAND
from storefront.services.shop.job_lists import run_job_again
from tests.functional.store.conftest import Till
from tests.support.people import make_owner, sign_in


@pytest.fixture
def owner(app: TestApp, session) -> TestApp:
    """The admin's browser."""
    make_owner(session)
    sign_in(app, "owner@example.com")
    return app


def page_of(owner, purchase, **query):
    return owner.get(f"/admin/purchases/{purchase.public_id}", query)


def history(page):
    return [" ".join(item.div.text.split()) for item in page.html.select(".time-line li")]


def form_with(page, field):
    return next(form for form in page.forms.values() if field in form.fields)


def test_all_that_happened_is_told_in_its_order(owner, till: Till) -> None:
    purchase = till.buy("pm_card_visa_chargeDeclined")
    till.buy()
    till.hear()
    till.worker.run_due()
    till.refund(purchase, 450)
    lines = history(page_of(owner, purchase))
    assert lines[0] == "Begun by ana@example.com"
    assert lines[1].startswith("Attempt 1: declined generic_decline")
    told = " | ".join(lines)
    assert "Attempt 2: succeeded" in told
    assert "Paid" in lines
    assert "Stripe told: payment_intent.succeeded" in told
    assert "Mail to ana@example.com: receipt, sent" in told
    assert "Booked by Stripe: charge, net" in told
    assert "Refund of €4.50: succeeded, by the command line re_" in told
    assert "the command line: refund of 4.50 EUR" in told


def test_the_money_is_the_ledgers(owner, till: Till) -> None:
    purchase = till.buy()
    till.refund(purchase, 450)
    till.worker.run_due()
    figures = [dd.text for dd in page_of(owner, purchase).html.select(".figures dd")]
    net = sum(entry.net for entry in till.ledger)
    assert (figures[0], figures[2]) == ("€9.00", "€4.50")
    assert figures[3] == f"€{net / 100:.2f}"


def test_the_receipt_is_sent_again(owner, till: Till, session) -> None:
    purchase = till.buy()
    done = form_with(page_of(owner, purchase), "receipt").submit("receipt").follow()
    assert "on its way to ana@example.com" in done.text
    assert till.mails.count("receipt") == 2
    assert "owner@example.com: receipt sent again" in history(done)
    for _ in range(4):
        done = form_with(done, "receipt").submit("receipt").follow()
    assert "Enough receipts" in done.text
    assert till.mails.count("receipt") == 5


def test_a_part_is_given_back_once_however_often_the_button_is_pressed(owner, till: Till) -> None:
    purchase = till.buy()
    asked = page_of(owner, purchase).click("Give money back")
    assert "ana@example.com" in asked.text
    form = form_with(asked, "amount")
    assert form["amount"].value == "9.00"
    form["amount"] = "4.50"
    done = [form.submit() for _ in range(2)][1]
    assert done.status_int == 303
    assert "on its way back" in done.follow().text
    assert [(row.amount, row.requested_by) for row in till.refunds] == [(450, "owner@example.com")]
    assert [refund["amount"] for refund in till.sandbox.ledger()["refunds"]] == [450]
    assert till.row.has_access
    assert [entry.who for entry in till.audit] == ["owner@example.com"]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("", "Write the amount like 4.50"),
        ("0", "0 is nothing"),
        ("half", "Write the amount like 4.50"),
        ("9.01", "9.00 EUR is all"),
        ("4.505", "more decimals"),
    ],
)
def test_an_amount_that_is_none_is_said_at_its_field(owner, till: Till, amount: str, words: str) -> None:
    purchase = till.buy()
    form = form_with(owner.get(f"/admin/purchases/{purchase.public_id}/refund"), "amount")
    form["amount"] = amount
    again = form.submit(status=422)
    assert words in again.html.select_one("#amount-error").text
    assert form_with(again, "amount")["amount"].value == amount
    assert till.refunds == []


def test_what_cannot_be_given_back_says_why(owner, till: Till) -> None:
    purchase = till.buy()
    old_page = form_with(owner.get(f"/admin/purchases/{purchase.public_id}/refund"), "amount")
    till.refund(purchase)
    assert "All of it was given back already." in page_of(owner, purchase).text
    assert "All of it was given back already." in old_page.submit(status=409).text
    sent_back = owner.get(f"/admin/purchases/{purchase.public_id}/refund")
    assert sent_back.location.endswith("?done=not_refundable")
    assert len(till.refunds) == 1


def test_a_reference_that_is_none_is_refused(owner, till: Till) -> None:
    purchase = till.buy()
    form = form_with(owner.get(f"/admin/purchases/{purchase.public_id}/refund"), "amount")
    form["reference"].force_value("x")
    form.submit(status=400)
    assert till.refunds == []


def test_the_music_is_withdrawn_and_given_with_a_reason(owner, till: Till) -> None:
    purchase = till.buy()
    form = form_with(page_of(owner, purchase), "access")
    form["access"] = "withdrawn"
    refused = form.submit(status=422)
    assert "Say why" in refused.html.select_one("#reason-error").text
    assert till.row.has_access
    form = form_with(refused, "access")
    form["reason"] = "Shared the link"
    done = form.submit().follow()
    assert (till.row.has_access, till.row.access_reason) == (False, "Shared the link")
    assert "owner@example.com: music withdrawn Shared the link" in history(done)
    form = form_with(done, "access")
    form["access"], form["reason"] = "", "A mistake"
    done = form.submit().follow()
    assert till.row.has_access
    assert "owner@example.com: music left to the payment again A mistake" in history(done)


def test_a_note_is_remembered_as_it_was_written(owner, till: Till, session) -> None:
    purchase = till.buy()
    page = page_of(owner, purchase)
    assert "Enter a note" in form_with(page, "note").submit(status=422).html.select_one("#note-error").text
    form = form_with(page, "note")
    form["note"] = "Wrote on Monday <b>\nWait for an answer"
    done = form.submit().follow()
    assert "owner@example.com: note Wrote on Monday <b> Wait for an answer" in history(done)
    assert session.scalars(select(AuditEntry.detail)).all() == [{"note": "Wrote on Monday <b>\nWait for an answer"}]


def test_links_lead_into_stripes_dashboard_for_test_keys(owner, till: Till) -> None:
    purchase = till.buy()
    links = [link["href"] for link in page_of(owner, purchase).html.select("a[rel=noreferrer]")]
    assert f"https://dashboard.stripe.com/test/payments/{purchase.stripe_payment_id}" in links


def test_a_mail_that_could_not_be_sent_says_so(owner, till: Till, session) -> None:
    purchase = till.buy()
    with till.wiring.sessions.begin() as other:
        other.scalars(select(Mail).where(Mail.kind == "receipt")).one().error = "550 no such mailbox"
    assert "Mail to ana@example.com: receipt, not sent: 550 no such mailbox" in history(page_of(owner, purchase))


def test_a_money_job_that_is_run_again_moves_no_money(till):
    """As safe as its tries were: each asks Stripe what is so."""
    purchase = till.buy()
    till.refund(purchase, 400)
    till.hear()
    till.worker.run_due()
    with till.wiring.sessions() as session:
        with writing(session):
            session.execute(update(Job).values(failed=Job.created, done=None, error="E: x"))
        keys = session.scalars(select(Job.key)).all()
        assert {"settle_purchase", "settle_refund", "handle_event"} <= set(session.scalars(select(Job.kind)))
        facts = money(till)
        for key in keys:
            assert run_job_again(session, key, datetime.now(UTC), COMMAND)
            assert not run_job_again(session, key, datetime.now(UTC), COMMAND)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2), tick=True):
        till.worker.run_due()
    assert money(till) == facts
    with till.wiring.sessions() as session:
        assert session.scalars(select(Job.key).where(Job.failed.is_not(None))).all() == []


def money(till):
    """What moved, here and at Stripe."""
    ledger = till.sandbox.ledger()
    at_stripe = [(charge["amount"], charge["amount_refunded"]) for charge in ledger["charges"]]
    return at_stripe, len(ledger["refunds"]), till.row.state, till.row.refunded, till.mails
