"""Mails that did not leave: listed with their reason, and sent again by a button, once."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from storefront.models import AuditEntry, Job, Mail, MailKind, writing
from storefront.services.shop.outbox import write_mail
from tests.factories import make_album
from tests.support.people import make_purchase

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
FAILED = {"error": "550 no such mailbox"}


@pytest.fixture
def owner(owner, worker):
    """With the mail about their sign-in sent."""
    worker.run_due()
    return owner


@pytest.fixture
def mail(owner, session, wiring):
    """One that failed, of a purchase; and one that was not tried yet."""
    purchase = make_purchase(session, make_album(session, wiring.storage), buyer_key="browser:x")
    with writing(session):
        write_mail(session, MailKind.RECEIPT, "receipt:x", "ana@example.com", NOW, purchase=purchase)
        write_mail(session, MailKind.NEW_DEVICE, "device:x", "bob@example.com", NOW)
        session.execute(update(Mail).where(Mail.key == "receipt:x").values(**FAILED))
    return "receipt:x"


def state(session):
    session.commit()
    session.expire_all()
    row = session.scalars(select(Mail).where(Mail.key == "receipt:x")).one()
    return row.tries, row.error, row.sent_at is not None


def press(page):
    return next(form for form in page.forms.values() if "again" in form.fields)


@pytest.mark.parametrize(
    ("tries", "job"),
    [
        (0, {"due": datetime(2099, 1, 1, tzinfo=UTC), "tries": 9, "error": "x"}),  # to be tried again, some time
        (0, {"failed": NOW, "tries": 84, "error": "x"}),  # given up
        (3, {"done": NOW}),  # its text was on the way, three times
        (3, None),  # the same, so long ago that the job is forgotten
    ],
)
def test_it_is_sent_again_at_once_and_once(owner, session, worker, mailbox, mail, tries, job):
    with writing(session):
        session.execute(update(Mail).where(Mail.key == mail).values(tries=tries))
        if job is None:
            session.delete(session.scalars(select(Job).where(Job.key == f"mail:{mail}")).one())
        else:
            session.execute(update(Job).where(Job.key == f"mail:{mail}").values(**job))
    page = owner.get("/admin/mails", {"unsent": ""})
    assert FAILED["error"] in page.text
    assert ("may have arrived" in page.text) == (tries > 0)
    form = press(page)
    assert "is being sent" in form.submit("again").follow().text
    form.submit("again")
    assert state(session) == (0, "", False)
    worker.run_due()
    assert state(session) == (1, "", True)
    form.submit("again")
    worker.run_due()
    assert len(mailbox.to("ana@example.com")) == 1
    acts = [(entry.act, entry.detail) for entry in session.scalars(select(AuditEntry))]
    assert acts == [("mail_again", {"key": mail, "to": "ana@example.com"})]


def test_what_is_under_way_is_left_alone(owner, session, mail):
    later = datetime(2099, 1, 1, tzinfo=UTC)
    with writing(session):
        session.execute(update(Job).where(Job.key == f"mail:{mail}").values(claim="c", due=later, tries=2))
    press(owner.get("/admin/mails")).submit("again")
    session.commit()
    session.expire_all()
    job = session.scalars(select(Job).where(Job.key == f"mail:{mail}")).one()
    assert (job.claim, job.due, job.tries) == ("c", later, 2)


def test_mails_to_somebody_and_those_that_were_not_sent(owner, session, mail):
    with writing(session):
        write_mail(session, MailKind.NEW_DEVICE, "device:sent", "ana@example.com", NOW)
        session.execute(update(Mail).where(Mail.key == "device:sent").values(sent_at=NOW))

    def listed(**asked):
        rows = owner.get("/admin/mails", asked).html.select(".ledger tbody tr")
        return sorted(tuple(cell.text for cell in row.select("td")[1:3]) for row in rows)

    ana = [("ana@example.com", "new device"), ("ana@example.com", "receipt")]
    assert listed() == [*ana, ("bob@example.com", "new device"), ("owner@example.com", "new device")]
    assert listed(to=" Ana@Example.com") == ana
    assert listed(unsent="") == [("ana@example.com", "receipt"), ("bob@example.com", "new device")]
    assert listed(to="nobody@example.com") == []
    purchase = owner.get("/admin/mails", {"unsent": ""}).click("the purchase")
    assert "Low Tide" in purchase.text
