"""What buyers and owners read of refunds, of what needs attention, and of a receipt that may come a second time."""

from datetime import UTC, datetime

from storefront.models import CheckoutClosure
from storefront.services.shop.receipts import send_receipt_again
from tests.functional.store.conftest import Till
from tests.support.mailbox import Mailbox
from tests.support.people import make_owner


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
    assert "bank takes the payment back" in mailbox.text(mail)
    assert purchase.public_id in mailbox.text(mail)


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
