"""What needs somebody, first on the owner's first page."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from storefront.models import AlbumPurchase, Dispute, Job, LastBackup, Mail, MailKind, Refund, StripeEvent, writing
from storefront.services.shop import attention
from storefront.services.store.buyers import browser_key
from tests.factories import make_album
from tests.support.people import make_purchase
from tests.support.terminal import command_over

NOW = datetime.now(UTC)


@pytest.fixture
def purchase(session, wiring):
    """Of an hour ago, of which Stripe has told; and a backup."""
    with writing(session):
        session.add(LastBackup(id=1, made=NOW))
        session.add(StripeEvent(id="evt_1", type="charge.succeeded", body=b"{}", received=NOW, done=NOW))
    album = make_album(session, wiring.storage)
    return make_purchase(session, album, buyer_key=browser_key("x" * 43), at=NOW - timedelta(hours=2))


def needs(owner):
    """[(sentence, where its button leads)]."""
    items = owner.get("/admin").html.select(".matters li")
    return [(item.p.get_text(" ", strip=True), item.a["href"] if item.a else None) for item in items]


def test_nothing_needs_anybody(owner, purchase):
    assert needs(owner) == []
    assert "last backup:" in owner.get("/admin").text


def test_a_dispute_with_its_deadline_and_a_refund_that_failed(owner, session, purchase):
    with writing(session):
        now = {"purchase_id": purchase.id, "amount": 900, "currency": "eur", "created": NOW}
        session.add(Dispute(stripe_dispute_id="dp_1", status="won", **now))
        session.add(
            Dispute(stripe_dispute_id="dp_2", status="needs_response", evidence_due=NOW + timedelta(days=7), **now)
        )
        session.add(Refund(public_id="r" * 32, stripe_refund_id="re_1", status="failed", failed_at=NOW, **now))
        session.execute(update(AlbumPurchase).values(refund_requested=500))
    to_purchase = f"/admin/purchases/{purchase.public_id}"
    (dispute, where), (refund, there) = needs(owner)
    assert (where, there) == ("/admin/disputes/dp_2", to_purchase)
    assert dispute.startswith("A buyer's bank disputes €9.00. Answer by")
    assert dispute.endswith("(in 1 week).")
    assert refund == "A refund did not reach its buyer: €5.00 are owed."
    with writing(session):
        session.execute(update(AlbumPurchase).values(refunded=500))  # in another way
        session.execute(update(Dispute).values(status="under_review"))
    assert needs(owner) == []


def test_what_waits_too_long(owner, session, wiring, purchase):
    later = NOW - timedelta(minutes=2)
    for number, (state, at) in enumerate((("confirming", purchase.created), ("processing", purchase.created),
                                          ("action_required", purchase.created), ("confirming", later))):  # fmt: skip
        make_purchase(session, purchase.album, buyer_key=browser_key(f"{number:043}"), state=state, at=at)
    with writing(session):
        mails = (("sent", NOW, ""), ("fresh", None, ""), ("broken", None, "refused"))
        for key, sent_at, error in mails:
            session.add(Mail(key=key, kind=MailKind.RECEIPT, recipient="a@example.com", created=NOW, sent_at=sent_at,
                             error=error))  # fmt: skip
        session.add(Job(kind="send_mail", args={}, key="one", created=NOW, due=NOW, failed=NOW))
        session.add(Job(kind="send_mail", args={}, key="two", created=NOW, due=NOW))
    assert needs(owner) == [
        (
            "Of 2 purchases nobody knows yet whether they were paid; the shop goes on asking Stripe.",
            "/admin/purchases?state=checking",
        ),
        ("One job was given up after many tries.", "/admin/jobs"),
        ("One mail could not be sent.", "/admin/mails?unsent="),
    ]


def test_a_silent_stripe_an_old_backup_and_a_full_disk(owner, session, purchase, monkeypatch):
    with writing(session):
        session.execute(update(StripeEvent).values(received=NOW - timedelta(days=2)))
        session.execute(update(LastBackup).values(made=NOW - timedelta(days=3)))
    monkeypatch.setattr(attention, "LITTLE_ROOM", 10**18)
    (silent, where), (backup, _), (room, _) = needs(owner)
    assert silent.startswith("Stripe has sent no message about the last payment.")
    assert where == "https://dashboard.stripe.com/test/webhooks"
    assert backup == "The last backup was made 3 days ago. This makes one: storefront backup FOLDER"
    assert room.startswith("The disk is nearly full.")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_backup_is_remembered(owner, session, ini, tmp_path):
    assert needs(owner)[0][0].startswith("No backup was made yet.")
    assert command_over(ini, tmp_path)("backup", str(tmp_path / "backups")).exit_code == 0
    assert needs(owner) == []
    assert session.scalars(select(LastBackup.made)).one() > NOW
