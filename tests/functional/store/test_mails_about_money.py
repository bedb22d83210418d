"""What buyers and owners read of refunds, of what needs attention, and of a receipt that may come a second time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from storefront.models import CheckoutClosure
from storefront.services.shop.receipts import send_receipt_again
from storefront.tasks import TASKS
from tests.functional.store.conftest import Till
from tests.support.mailbox import Mailbox
from tests.support.people import link_in, make_owner


def test_a_part_was_given_back(till: Till, mailbox: Mailbox) -> None:
    till.refund(till.buy(), 250)
    till.worker.run_due()
    [receipt, refunded] = mailbox.messages
    assert "€2.50" in str(refunded["Subject"])
    assert "five to ten days" in mailbox.text(refunded)
    assert "no longer in your library" not in mailbox.text(refunded)
    assert "before" not in mailbox.text(receipt)


def test_all_of_it_was_given_back(till: Till, mailbox: Mailbox) -> None:
    till.refund(till.buy())
    till.worker.run_due()
    assert "no longer in your library" in mailbox.text(mailbox.messages[-1])


def test_each_refund_is_told_once(till: Till, mailbox: Mailbox) -> None:
    purchase = till.buy()
    till.refund(purchase, 250)
    till.refund(purchase, 100)
    till.hear()
    till.worker.run_due()
    assert [m["Subject"][:5] for m in mailbox.messages if "money" in str(m["Subject"])] == ["€2.50", "€1.00"]


def test_the_owner_is_told_what_needs_a_person(till: Till, mailbox: Mailbox) -> None:
    owner = make_owner(till.session)
    purchase = till.buy("pm_card_createDispute")
    till.sandbox.shift_clock(24 * 3600)
    till.stripe.v1.balance.retrieve()
    till.hear()
    till.worker.run_due()
    till.worker.run_due()
    [mail] = mailbox.to(owner.email)
    assert str(mail["Subject"]) == "Your shop needs you: Low Tide"
    text, [dispute] = mailbox.text(mail), till.disputes
    assert "bank takes the payment back" in text
    assert "Amount: €9.00" in text
    assert f"Answer until: Dec {dispute.evidence_due:%-d}, " in text or "Answer until:" in text
    assert link_in(mail) == f"/admin/disputes/{dispute.stripe_dispute_id}"
    assert purchase.public_id in mailbox.text(mail)


def after(till: Till, pass_time: Callable[..., None], mailbox: Mailbox, days: int) -> list[EmailMessage]:
    """The owner's mails, when so many days have passed, with the look at the deadlines that falls due."""
    pass_time(days=days, step=timedelta(days=days))
    TASKS["remind_of_disputes"](till.wiring, {})
    till.worker.run_due()
    return mailbox.to("owner@example.com")


def test_a_deadline_that_is_near_is_told_once_more(
    till: Till, mailbox: Mailbox, pass_time: Callable[..., None]
) -> None:
    make_owner(till.session)
    till.sandbox.dispute(till.buy().stripe_charge_id or "")
    till.hear()
    [told] = after(till, pass_time, mailbox, 4)
    [_, reminder] = after(till, pass_time, mailbox, 2)
    assert len(after(till, pass_time, mailbox, 1)) == 2
    assert "no evidence was sent" in mailbox.text(reminder)
    assert link_in(reminder) == link_in(told) == f"/admin/disputes/{till.disputes[0].stripe_dispute_id}"


def test_who_has_answered_is_not_reminded(till: Till, mailbox: Mailbox, pass_time: Callable[..., None]) -> None:
    make_owner(till.session)
    [dispute] = till.sandbox.dispute(till.buy().stripe_charge_id or "")
    till.sandbox.send_evidence(dispute["id"], "they have it")
    till.hear()
    assert after(till, pass_time, mailbox, 6) == []


def test_after_a_restore_a_receipt_says_that_it_may_come_again(till: Till, mailbox: Mailbox) -> None:
    purchase = till.buy()
    with till.wiring.sessions() as session:
        session.add(CheckoutClosure(since=datetime.now(UTC), backup_made=datetime.now(UTC)))
        session.commit()
        send_receipt_again(session, purchase, datetime.now(UTC))
    till.worker.run_due()
    [first, second] = mailbox.messages
    assert "sends it again" not in mailbox.text(first)
    assert "Nothing was charged twice" in mailbox.text(second)
