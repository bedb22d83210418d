"""Stripe's messages: each is looked up at Stripe, whatever it says, and stays until it was."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, text

from storefront.models import AlbumPurchase, Job, Mail, PaymentAttempt, PurchaseState, StripeEvent
from storefront.payments.webhooks import Event
from storefront.services.store.nets.inbox import FOREIGN, keep
from tests.functional.store.conftest import Till
from tests.support.people import make_owner

CONFIRM = ".*/confirm"
RETRIEVE = "/v1/payment_intents/pi_[A-Za-z0-9]+"


def tell(till: Till, type_: str, object_id: str, event_id: str = "evt_1") -> None:
    """What a message says is never believed, so its body may be anything."""
    with till.wiring.sessions() as session:
        keep(session, Event(event_id, type_, object_id, False), b"{}", datetime.now(UTC))


def event(till: Till, event_id: str = "evt_1") -> StripeEvent:
    with till.wiring.sessions() as session:
        return session.get_one(StripeEvent, event_id)


def only_webhooks(till: Till) -> None:
    """No job but those of messages; the sweeper does not run in these tests."""
    with till.wiring.sessions() as session:
        session.execute(delete(Job).where(Job.kind.in_(["settle_purchase", "close_purchase", "settle_aftermath"])))
        session.commit()


def buy_unanswered(till: Till) -> AlbumPurchase:
    till.sandbox.fault("drop_after", CONFIRM)
    till.sandbox.fault("drop_before", RETRIEVE, method="GET", count=3)
    purchase = till.buy()
    till.sandbox.forget_faults()
    assert purchase.state == PurchaseState.CONFIRMING
    only_webhooks(till)
    return purchase


def test_a_message_alone_settles_a_purchase(till: Till) -> None:
    purchase = buy_unanswered(till)
    assert "payment_intent.succeeded" in till.hear()
    till.worker.run_due()
    assert (till.row.state, till.row.stripe_charge_id) == (PurchaseState.PAID, till.sandbox.charges[0]["id"])
    assert till.row.id == purchase.id
    assert till.mails == ["receipt"]


def test_what_it_says_is_not_believed(till: Till) -> None:
    purchase = till.buy("pm_card_threeDSecure2Required")
    tell(till, "payment_intent.succeeded", purchase.stripe_payment_id or "")
    till.worker.run_due()
    assert till.row.state == PurchaseState.ACTION_REQUIRED
    assert event(till).done is not None


def test_twice_and_out_of_order(till: Till) -> None:
    purchase = buy_unanswered(till)
    for number, type_ in enumerate(["charge.updated", "payment_intent.succeeded", "charge.succeeded"]):
        subject = purchase.stripe_payment_id if "intent" in type_ else till.sandbox.charges[0]["id"]
        tell(till, type_, subject or "", f"evt_{number}")
        tell(till, type_, subject or "", f"evt_{number}")
    till.worker.run_due()
    assert till.row.state == PurchaseState.PAID
    assert till.row.fee is not None
    assert till.mails == ["receipt"]
    with till.wiring.sessions() as session:
        assert len(session.scalars(select(StripeEvent)).all()) == 3


def test_the_charge_was_booked(till: Till) -> None:
    till.buy()
    only_webhooks(till)
    till.stripe.v1.balance.retrieve()
    till.hear()
    till.worker.run_due()
    [booked] = till.sandbox.ledger()["balance_transactions"]
    assert [entry.stripe_id for entry in till.ledger] == [booked["id"]]
    assert (till.row.fee, till.row.net) == (booked["fee"], booked["net"])


def test_an_unknown_payment_stays_and_is_told_after_an_hour(till: Till, pass_time: Callable[..., None]) -> None:
    make_owner(till.session)
    tell(till, "payment_intent.succeeded", "pi_nobody_knows")
    till.worker.run_due()
    assert event(till).done is None
    assert till.mails == []

    pass_time(hours=2, step=timedelta(minutes=5))

    assert event(till).done is None
    assert event(till).tries > 3
    assert till.mails == ["attention"]
    pass_time(days=4, step=timedelta(hours=1))
    assert event(till).done is not None
    assert "does not have it" in event(till).error


def test_a_payment_made_past_the_shop_is_nobodys_alarm(till: Till) -> None:
    made = till.stripe.v1.payment_intents.create({"amount": 500, "currency": "eur"})
    tell(till, "payment_intent.succeeded", made.id)
    till.worker.run_due()
    assert event(till).done is not None
    assert event(till).error == FOREIGN


def test_other_types_are_kept_and_done(till: Till) -> None:
    tell(till, "customer.created", "cus_1")
    assert event(till).done is not None


def test_stripe_is_silent_for_a_while(till: Till, pass_time: Callable[..., None]) -> None:
    buy_unanswered(till)
    till.hear()
    till.sandbox.fault("drop_before", RETRIEVE, method="GET", count=100)
    till.worker.run_due()
    assert till.row.state == PurchaseState.CONFIRMING
    till.sandbox.forget_faults()
    pass_time(minutes=2)
    assert till.row.state == PurchaseState.PAID
    with till.wiring.sessions() as session:
        assert session.scalars(select(StripeEvent.id).where(StripeEvent.done.is_(None))).all() == []


def test_a_purchase_that_a_backup_has_forgotten_is_written_down_anew(
    till: Till, pass_time: Callable[..., None]
) -> None:
    """With its music, its receipt and its books, from what stands in the payment at Stripe."""
    bought = till.buy()
    with till.wiring.sessions() as session:
        for table in (Mail, PaymentAttempt, Job, AlbumPurchase):
            session.execute(delete(table))
        session.commit()
    till.hear()
    till.worker.run_due()
    assert till.rows == []

    pass_time(minutes=40, step=timedelta(minutes=1))

    row = till.row
    assert (row.public_id, row.state, row.price) == (bought.public_id, PurchaseState.PAID, bought.price)
    assert (row.buyer_key, row.edition_id, row.card_last4) == (bought.buyer_key, bought.edition_id, "4242")
    assert row.has_access
    assert row.fee is not None


@pytest.mark.parametrize("state", ["created", "canceled"])
def test_a_row_from_before_its_payment_was_opened(till: Till, pass_time: Callable[..., None], state: str) -> None:
    """The backup was made in the middle of a purchase: the row is there, and knows nothing of its payment."""
    till.buy()
    with till.wiring.sessions() as session:
        session.execute(delete(Mail))
        session.execute(delete(PaymentAttempt))
        session.execute(delete(Job))
        forget = "stripe_payment_id = NULL, stripe_charge_id = NULL, paid_at = NULL, attempt = 0, fee = NULL"
        session.execute(text(f"UPDATE album_purchase SET state = '{state}', {forget}"))
        session.commit()
    till.hear()
    pass_time(minutes=40, step=timedelta(minutes=1))
    assert till.row.state == PurchaseState.PAID
    assert till.row.stripe_charge_id == till.sandbox.charges[0]["id"]
    assert till.mails == ["receipt"]
