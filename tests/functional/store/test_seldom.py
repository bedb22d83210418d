"""Sequences that happen seldom. Each of them once ended wrong."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from storefront.cli.refund import _announce
from storefront.models import (
    Album,
    AlbumPurchase,
    CheckoutClosure,
    Mail,
    MailKind,
    PaymentAttempt,
    PurchaseState,
    Refund,
    StripeEvent,
    writing,
)
from storefront.money import Money
from storefront.payments.errors import PaymentInDoubt
from storefront.payments.webhooks import Event
from storefront.services.store.aftermath.mirrors import requested
from storefront.services.store.buyers import Visitor
from storefront.services.store.closure import is_closed
from storefront.services.store.errors import CheckoutUnavailable, StoreError
from storefront.services.store.flagging import Attention, flag
from storefront.services.store.nets.inbox import keep
from storefront.services.store.nets.reconciliation import reconcile
from storefront.services.store.nets.sweeper import sweep
from storefront.services.store.settlement import retrieve_and_settle
from tests.functional.store.conftest import Counter, Till
from tests.functional.store.test_webhook import deliver, sign
from tests.support.people import make_owner

CONFIRM = ".*/confirm"
RETRIEVE = "/v1/payment_intents/pi_[A-Za-z0-9]+"


class Between:
    """The real processor; before `name` is answered with silence, `act` happens."""

    def __init__(self, real: Any, act: Callable[[], None]) -> None:
        self.real, self.act, self.done = real, act, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def cancel_payment(self, *a: Any, **k: Any) -> Any:
        if not self.done:
            self.done = True
            self.act()
        raise PaymentInDoubt("no answer")

    def find_payment(self, *a: Any, **k: Any) -> Any:
        raise PaymentInDoubt("no answer")


def restore(till: Till) -> None:
    """What is in the database is a backup's: the checkout is closed until reconciliation has run."""
    now = datetime.now(UTC)
    till.session.expire_all()
    with writing(till.session):
        till.session.add(CheckoutClosure(since=now, backup_made=now))
    list(reconcile(till.session, till.wiring.processor, now - timedelta(days=4), now))
    assert not is_closed(till.session)


def settle_elsewhere(till: Till) -> None:
    with till.wiring.sessions() as other:
        row = other.scalars(select(AlbumPurchase)).one()
        retrieve_and_settle(other, till.wiring.processor, row, datetime.now(UTC))


def test_another_card_while_the_bank_says_yes(till: Till) -> None:
    purchase = till.buy("pm_card_threeDSecure2Required")

    def act() -> None:
        till.answer_bank(purchase)
        settle_elsewhere(till)  # what the webhook's job does

    service = till.service
    service.processor = Between(till.wiring.processor, act)  # type: ignore[assignment]
    try:
        service.cancel(purchase)
    except StoreError as error:
        pytest.fail(f"told 'nothing was charged' ({error!r}), and the row is {till.row.state}")


def fail_refunds(till: Till, days: int) -> None:
    till.sandbox.shift_clock(days * 24 * 3600)
    till.stripe.v1.balance.retrieve()
    till.hear()
    till.worker.run_due()


def test_half_of_it_fails_twice(till: Till) -> None:
    purchase = till.buy("pm_card_refundFail")
    till.refund(purchase, 450)
    fail_refunds(till, 3)
    assert till.row.refund_requested == 450
    till.refund(purchase, 450)
    fail_refunds(till, 6)
    assert [r.status for r in till.refunds] == ["failed", "failed"]
    assert till.row.refund_requested == 450
    assert till.row.has_access


def test_a_second_failure_is_told(till: Till) -> None:
    make_owner(till.session)
    purchase = till.buy("pm_card_refundFail")
    till.refund(purchase)
    fail_refunds(till, 3)
    told = till.mails.count("attention")
    assert told == 1
    till.refund(purchase)
    fail_refunds(till, 6)
    assert [r.status for r in till.refunds] == ["failed", "failed"]
    assert till.mails.count("attention") == 2


def test_evidence_of_an_attempt_that_the_backup_forgot(till: Till) -> None:
    purchase = till.buy("pm_card_visa_chargeDeclined")
    with writing(till.session):  # the backup was made before that attempt
        till.session.execute(delete(PaymentAttempt))
        till.session.execute(update(AlbumPurchase).values(attempt=0))
    restore(till)
    till.sandbox.fault("drop_before", CONFIRM)  # late, or lost
    purchase = till.buy()
    assert purchase.state == PurchaseState.CONFIRMING, "reopened without evidence of this attempt"


def test_paid_after_the_backup_and_told_otherwise(counter: Counter) -> None:
    till = counter.till
    counter.buy("pm_card_visa_chargeDeclined")
    counter.buy()
    paid = f"/store/success/{counter.purchase.public_id}"
    assert "is yours" in counter.app.get(paid)
    now = datetime.now(UTC)
    with writing(till.session):  # a backup from between the two is restored
        till.session.execute(delete(PaymentAttempt).where(PaymentAttempt.number == 2))
        till.session.execute(
            update(AlbumPurchase).values(
                attempt=1, state=PurchaseState.OPEN, paid_at=None, stripe_charge_id=None, fee=None, net=None
            )
        )
        till.session.add(CheckoutClosure(since=now, backup_made=now))
    page = counter.app.get(paid)
    while page.status_int == 303:
        page = page.follow()
    assert till.sandbox.charges
    assert "Nothing was charged" not in page
    assert "was not charged" not in page


@pytest.mark.parametrize(
    ("card", "kind"),
    [
        ("pm_card_visa", "payment_intent.succeeded"),
        (
            "pm_card_threeDSecure2Required",
            "payment_intent.requires_action",
        ),  # in the address of the bank's question too
    ],
)
def test_no_client_secret_in_a_row(counter: Counter, card: str, kind: str) -> None:
    till = counter.till
    till.buy(card)
    [event] = [e for e in till.sandbox.ledger()["events"] if e["type"] == kind]
    secret = event["data"]["object"]["client_secret"]
    body = json.dumps(event).encode()
    deliver(counter.app, body, sign(body), 200)
    with till.wiring.sessions() as session:
        [row] = session.scalars(select(StripeEvent)).all()
    assert secret.encode() not in row.body


def test_refusals_are_no_silence(till: Till) -> None:
    """Three rows of which Stripe has nothing (another key) in front of one that it has."""
    for n in range(4):
        till.visitor = Visitor.of(None, f"{n}" * 43)
        till.sandbox.fault("drop_after", CONFIRM)
        till.sandbox.fault("drop_before", RETRIEVE, method="GET", count=1)
        till.buy()
        till.sandbox.forget_faults()
    ids = [row.id for row in till.rows]
    with writing(till.session):
        for i in ids[1:]:  # newest first: these three are looked at first
            till.session.execute(
                update(AlbumPurchase).where(AlbumPurchase.id == i).values(stripe_payment_id=f"pi_gone{i}00000000000000")
            )
    now = datetime.now(UTC) + timedelta(minutes=5)
    with till.wiring.sessions() as session:
        sweep(session, till.wiring.processor, now)
    assert till.rows[0].state == PurchaseState.PAID


def test_a_payment_that_stripe_does_not_have(till: Till, pass_time: Callable[..., None]) -> None:
    """Tried in test mode, and then with the live keys: Stripe knows nothing of the old intent."""
    till.buy("pm_card_visa_chargeDeclined")
    with writing(till.session):
        till.session.execute(update(AlbumPurchase).values(stripe_payment_id="pi_ofTestMode0000000000000"))
    till.session.expire_all()
    with suppress(StoreError):
        till.buy()
    pass_time(hours=30, step=timedelta(minutes=20))
    assert till.rows[0].state == PurchaseState.CANCELED, till.rows[0].state
    assert till.buy().state == PurchaseState.PAID


def test_failed_and_replaced_before_anybody_heard() -> None:
    """A refund failed, its owner gave the money back anew in the dashboard, and the shop hears of both a day later."""
    monday = datetime(2026, 11, 2, tzinfo=UTC)
    failed = Refund(amount=450, status="failed", created=monday, failed_at=monday + timedelta(hours=3))
    instead = Refund(amount=450, status="succeeded", created=monday + timedelta(hours=5), failed_at=None)
    assert requested(900, [failed, instead]) == 450


def test_two_flags_at_once(till: Till) -> None:
    purchase = till.buy()
    now = datetime.now(UTC)
    with till.wiring.sessions() as one:
        mine = one.get_one(AlbumPurchase, purchase.id)
        one.commit()
        with till.wiring.sessions() as two, writing(two):
            flag(two, two.get_one(AlbumPurchase, purchase.id), [Attention("disputed")], now)
        with writing(one):  # as settle_refund does after Stripe was silent for a while
            flag(one, mine, [Attention("refund_unanswered")], now)
    assert till.row.flags == ["disputed", "refund_unanswered"]


def test_a_refund_that_the_job_hears_refused(till: Till, pass_time: Callable[..., None]) -> None:
    make_owner(till.session)
    purchase = till.buy()
    till.sandbox.fault("429", "/v1/refunds", method="POST")
    till.sandbox.fault("429", "/v1/charges/.*", method="GET")
    assert till.refund(purchase).status == "requested"
    till.sandbox.dispute(purchase.stripe_charge_id or "", "inquiry")
    till.sandbox.refund(purchase.stripe_payment_id or "", 100)
    pass_time(minutes=1)
    assert "refused" in [r.status for r in till.refunds]
    assert "attention" in till.mails
    with till.wiring.sessions() as session:
        details = session.scalars(select(Mail.detail).where(Mail.kind == MailKind.ATTENTION)).all()
    assert any("efund" in (d or "") for d in details), details


def test_a_stray_that_was_canceled_is_no_alarm(till: Till, pass_time: Callable[..., None]) -> None:
    make_owner(till.session)
    till.sandbox.fault("drop_after", "/v1/payment_intents", method="POST", count=3)
    with pytest.raises(CheckoutUnavailable):
        till.buy()
    till.sandbox.forget_faults()
    pass_time(hours=3, step=timedelta(minutes=20))
    till.worker.queue_periodic()
    till.worker.run_due()
    assert till.sandbox.ledger()["payment_intents"][0]["status"] == "canceled"
    till.hear()
    pass_time(hours=3, step=timedelta(minutes=20))
    assert till.mails == []


def test_what_differed_was_refunded_and_can_be_bought_again(till: Till, pass_time: Callable[..., None]) -> None:
    """docs/payments.md, `reference_differs`: "refund it there, and ask the buyer to buy again"."""
    till.sandbox.fault("drop_after", CONFIRM)
    till.sandbox.fault("drop_before", RETRIEVE, method="GET", count=1)
    purchase = till.buy()
    till.sandbox.forget_faults()
    till.stripe.v1.payment_intents.update(purchase.stripe_payment_id or "", {"metadata": {"order": "somebody else's"}})
    pass_time(minutes=3)
    assert till.row.flags == ["reference_differs"]
    till.sandbox.refund(purchase.stripe_payment_id or "")
    till.hear()
    pass_time(hours=30, step=timedelta(minutes=20))
    assert till.rows[0].state != PurchaseState.CONFIRMING, "still live, for ever"
    assert till.buy().state == PurchaseState.PAID


def test_what_the_command_says_of_the_last_part(till: Till, capsys: Any) -> None:
    purchase = till.buy()
    till.refund(purchase, 450)
    with till.wiring.sessions() as session:
        _announce(session, session.get_one(AlbumPurchase, purchase.id), None)
    said = capsys.readouterr().out
    till.refund(purchase)
    assert not till.row.has_access
    assert "the music goes too" in said, said


def test_in_doubt_at_the_bank_is_mailed(counter: Counter, pass_time: Callable[..., None]) -> None:
    """ "Whoever read we are checking is mailed the outcome, cancellation included"."""
    counter.buy("pm_card_threeDSecure2Required")
    counter.till.sandbox.fault("drop_before", RETRIEVE, method="GET", count=1)
    page = counter.app.get(f"/store/authenticate/{counter.purchase.public_id}")
    counter.till.sandbox.forget_faults()
    assert "checking" in page.text.lower()
    pass_time(minutes=70, step=timedelta(minutes=5))
    assert counter.purchase.state == PurchaseState.CANCELED
    assert counter.till.mails == ["not_charged"]


def test_the_sweeper_keeps_to_an_events_back_off(till: Till) -> None:
    now = datetime.now(UTC)
    keep(
        till.session, Event("evt_1", "payment_intent.canceled", "pi_unknown000000000000", False, None, None), b"{}", now
    )
    with till.wiring.sessions() as session:
        for minute in range(2, 62):
            sweep(session, till.wiring.processor, now + timedelta(minutes=minute))
        [row] = session.scalars(select(StripeEvent)).all()
        session.refresh(row)
    assert 3 < row.tries < 20


def test_an_inquiry_that_becomes_a_dispute_is_told(till: Till, pass_time: Callable[..., None]) -> None:
    make_owner(till.session)
    purchase = till.buy()
    [inquiry] = till.sandbox.dispute(purchase.stripe_charge_id or "", "inquiry")
    till.hear()
    till.worker.run_due()
    assert till.row.has_access
    before = till.mails.count("attention")
    till.sandbox.send_evidence(inquiry["id"], "escalate_inquiry_evidence")
    till.sandbox.shift_clock(3600)
    till.stripe.v1.balance.retrieve()
    till.hear()
    till.worker.run_due()
    assert till.row.dispute == "needs_response"
    assert not till.row.has_access
    assert till.mails.count("attention") > before, till.mails


def test_price_changed_while_another_tab_pays(till: Till) -> None:
    """The second tab has the new price; Stripe does not answer it; the first tab has paid meanwhile."""
    till.buy("pm_card_visa_chargeDeclined")  # open
    with writing(till.session):
        till.session.execute(update(Album).values(amount=800))

    def act() -> None:  # the first tab's confirm was on its way since before the price changed
        till.stripe.v1.payment_intents.confirm(
            till.row.stripe_payment_id or "",
            {"confirmation_token": till.sandbox.token(), "return_url": "http://localhost/"},
        )
        settle_elsewhere(till)

    service = till.service
    service.processor = Between(till.wiring.processor, act)  # type: ignore[assignment]
    try:
        bought = service.purchase_album(till.album, till.buyer(), Money(800, "eur"), till.sandbox.token())
    except StoreError as error:
        pytest.fail(f"told 'nothing was charged' ({error!r}), and the row is {till.row.state}")
    assert bought.state == PurchaseState.PAID


def test_at_the_bank_since_the_backup(till: Till) -> None:
    """Open in the backup, at the bank at Stripe. The new attempt is late; it is not the one that the bank declines."""
    till.buy("pm_card_threeDSecure2Required")
    with writing(till.session):
        till.session.execute(delete(PaymentAttempt))
        till.session.execute(update(AlbumPurchase).values(attempt=0, state=PurchaseState.OPEN))
    restore(till)
    till.sandbox.fault("drop_before", CONFIRM)
    assert till.buy().state == PurchaseState.CONFIRMING
