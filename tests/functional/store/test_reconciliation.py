"""The list at Stripe against the rows, as the only net: lost purchases, stray payments, a closed checkout."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storefront.models import (
    Album,
    AlbumPurchase,
    CheckoutClosure,
    Job,
    Mail,
    MailKind,
    PaymentAttempt,
    PurchaseState,
    writing,
)
from storefront.money import Money
from storefront.payments.errors import PaymentError
from storefront.services.store.closure import is_closed
from tests.functional.store.conftest import Till
from tests.support.people import make_owner
from tests.support.reconciling import A_DAY, Reconciler, forget, forget_jobs

CHARGES = "/v1/charges"
INTENTS = "/v1/payment_intents"


@pytest.fixture
def reconciler(till: Till) -> Reconciler:
    return Reconciler(till.wiring)


def change(till: Till, **values: Any) -> None:
    """The only purchase's row, to what it may have been."""
    with writing(till.session):
        till.session.execute(update(AlbumPurchase).values(**values))
    till.session.expunge_all()


def begin(till: Till) -> AlbumPurchase:
    """Commit 1 alone."""
    return till.service.begin(till.album.id, till.buyer(), till.album.price)


def open_at_stripe(till: Till, purchase: AlbumPurchase) -> str:
    """The call after commit 1, without commit 2."""
    return till.wiring.processor.open_payment(purchase.open_params, key=f"{purchase.public_id}:open")


def status(till: Till, payment_id: str | None) -> str:
    [intent] = [intent for intent in till.sandbox.ledger()["payment_intents"] if intent["id"] == payment_id]
    return str(intent["status"])


def attentions(till: Till) -> list[str | None]:
    with till.wiring.sessions() as session:
        return list(session.scalars(select(Mail.detail).where(Mail.kind == MailKind.ATTENTION)))


# -- charges


def test_a_lost_purchase_is_written_down_anew(till: Till, reconciler: Reconciler) -> None:
    card: Any = {"type": "card", "card": {"token": "tok_visa"}, "billing_details": {"email": "ana@example.com"}}
    lost = till.buy(till.stripe.v1.payment_methods.create(card).id)
    forget(till.session, lost)

    [difference] = reconciler.run()

    assert (difference.kind, difference.purchase, difference.mended) == (
        "charge_without_purchase",
        lost.public_id,
        True,
    )
    [charge] = till.sandbox.charges
    row = till.row
    assert (row.public_id, row.state, row.stripe_charge_id) == (lost.public_id, PurchaseState.PAID, charge["id"])
    assert (row.has_access, row.email, row.price) == (True, "ana@example.com", Money(900, "eur"))
    assert (row.fee, row.net) == (56, 844)
    assert till.mails == ["receipt"]
    assert [entry.net for entry in till.ledger] == [844]
    assert reconciler.run() == []


def test_checking_changes_nothing(till: Till, reconciler: Reconciler) -> None:
    forget(till.session, till.buy())
    requests = len(till.sandbox.ledger()["requests"])

    for _ in range(2):
        [difference] = reconciler.run(check=True)
        assert (difference.kind, difference.mended) == ("charge_without_purchase", False)

    assert till.rows == []
    assert till.ledger == []
    assert {request["method"] for request in till.sandbox.ledger()["requests"][requests:]} == {"GET"}


@pytest.mark.parametrize(
    "remembered",
    [
        {"state": PurchaseState.OPEN},
        {"state": PurchaseState.CONFIRMING},
        {"state": PurchaseState.CREATED, "stripe_payment_id": None},
        {"state": PurchaseState.CANCELED, "stripe_payment_id": None},
    ],
    ids=["open", "confirming", "created", "canceled before it was opened"],
)
def test_what_a_backup_remembers_as_unpaid_is_paid(
    till: Till, reconciler: Reconciler, remembered: dict[str, Any]
) -> None:
    till.buy()
    unpaid = {"stripe_charge_id": None, "paid_at": None, "fee": None, "net": None}
    change(till, **unpaid, **remembered)
    forget_jobs(till.session)

    found = reconciler.run()
    assert found
    assert all(difference.mended for difference in found)
    assert (till.row.state, till.row.stripe_charge_id) == (PurchaseState.PAID, till.sandbox.charges[0]["id"])
    assert reconciler.run() == []


def test_a_purchase_that_is_just_being_paid_is_no_difference(till: Till, reconciler: Reconciler) -> None:
    till.buy()
    change(till, state=PurchaseState.CONFIRMING, stripe_charge_id=None, paid_at=None, fee=None, net=None)
    assert reconciler.run(check=True, later=timedelta(0)) == []
    assert reconciler.kinds(check=True) == ["charge_not_settled"]


def test_a_charge_of_an_album_that_is_lost_too_is_told_once(till: Till, reconciler: Reconciler) -> None:
    make_owner(till.session)
    lost = till.buy()
    forget(till.session, lost)
    with writing(till.session):
        till.session.execute(update(Album).values(public_id="0" * 32))

    for _ in range(2):
        [difference] = reconciler.run()
        assert (difference.kind, difference.mended) == ("charge_without_purchase", False)
    assert till.rows == []
    [text] = attentions(till)
    assert till.sandbox.charges[0]["id"] in (text or "")
    assert lost.public_id in (text or "")


def test_what_another_shop_charges_is_none_of_ours(till: Till, reconciler: Reconciler) -> None:
    params: Any = {"amount": 700, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa",
                   "return_url": "https://example.com", "allowed_payment_method_types": ["card"]}  # fmt: skip
    till.stripe.v1.payment_intents.create(params)
    assert reconciler.run() == []
    assert [entry.purchase_id for entry in till.ledger] == [None]


def test_a_charge_that_names_a_purchase_with_another_payment(till: Till, reconciler: Reconciler) -> None:
    till.buy()
    change(till, stripe_payment_id="pi_another", stripe_charge_id="ch_another")
    found = reconciler.run(check=True)
    assert [each.kind for each in found] == ["payment_differs", "charge_missing"]
    assert reconciler.kinds()[:2] == ["payment_differs", "charge_missing"]
    assert till.row.flags == ["charge_missing", "payment_differs"]


def test_a_charge_of_another_amount(till: Till, reconciler: Reconciler) -> None:
    till.buy()
    reconciler.run()
    change(till, amount=800)
    assert reconciler.kinds() == ["amount_differs"]
    assert till.row.flags == ["amount_differs"]


def test_a_paid_purchase_without_a_charge(till: Till, reconciler: Reconciler) -> None:
    make_owner(till.session)
    till.buy()
    till.worker.run_due()
    till.sandbox.reset()

    found = reconciler.run()
    assert [each.kind for each in found] == ["charge_missing"]
    assert till.row.flags == ["charge_missing"]
    assert len(attentions(till)) == 1
    assert till.row.state == PurchaseState.PAID


def test_a_charge_that_is_older_than_the_list_is_looked_for(till: Till, reconciler: Reconciler) -> None:
    till.buy()
    reconciler.run()
    change(till, paid_at=datetime.now(UTC) + A_DAY)
    since = datetime.now(UTC) + A_DAY / 2
    assert reconciler.kinds(since=since, later=2 * A_DAY) == []


# -- payments that nobody may pay any more


def test_a_payment_whose_id_was_never_written_down_is_canceled(till: Till, reconciler: Reconciler) -> None:
    purchase = begin(till)
    payment_id = open_at_stripe(till, purchase)
    assert reconciler.run() == []  # its request may be about to
    assert status(till, payment_id) == "requires_payment_method"

    change(till, state=PurchaseState.CANCELED)
    [found] = reconciler.run(check=True)
    assert (found.kind, found.stripe_id, found.mended) == ("stray_payment", payment_id, False)
    assert status(till, payment_id) == "requires_payment_method"
    [mended] = reconciler.run()
    assert (mended.kind, mended.purchase, mended.mended) == ("stray_payment", purchase.public_id, True)
    assert status(till, payment_id) == "canceled"
    assert reconciler.run() == []


def test_a_payment_whose_purchase_is_lost_is_canceled_after_an_hour(till: Till, reconciler: Reconciler) -> None:
    purchase = begin(till)
    payment_id = open_at_stripe(till, purchase)
    forget(till.session, purchase)
    assert reconciler.run(later=timedelta(minutes=50)) == []
    assert reconciler.kinds(later=timedelta(minutes=70)) == ["stray_payment"]
    assert status(till, payment_id) == "canceled"


def test_while_the_checkout_is_closed_it_is_canceled_at_once(till: Till, reconciler: Reconciler) -> None:
    purchase = begin(till)
    payment_id = open_at_stripe(till, purchase)
    forget(till.session, purchase)
    close(till.session)
    assert reconciler.kinds(later=timedelta(0)) == ["stray_payment"]
    assert status(till, payment_id) == "canceled"


def test_a_second_payment_of_a_purchase_is_canceled(till: Till, reconciler: Reconciler) -> None:
    purchase = begin(till)
    first = open_at_stripe(till, purchase)
    change(till, state=PurchaseState.OPEN, stripe_payment_id=first)
    second = till.wiring.processor.open_payment(purchase.open_params, key="a day later")
    assert reconciler.kinds() == ["stray_payment"]
    assert (status(till, first), status(till, second)) == ("requires_payment_method", "canceled")


@pytest.mark.parametrize(
    "metadata",
    [{}, {"order": "7" * 32, "album": "8" * 32}, {"order": "7", "shop": "another"}],
    ids=["no word", "an album of another shop", "half a word"],
)
def test_payments_of_others_are_left_alone(till: Till, reconciler: Reconciler, metadata: dict[str, str]) -> None:
    params: Any = {"amount": 700, "currency": "eur", "metadata": metadata, "allowed_payment_method_types": ["card"]}
    intent = till.stripe.v1.payment_intents.create(params)
    assert reconciler.run(later=A_DAY) == []
    assert status(till, intent.id) == "requires_payment_method"


def test_a_payment_that_ends_between_the_list_and_the_row(till: Till, reconciler: Reconciler) -> None:
    """The list says that it is open; then the buyer starts again, and both sides have canceled it."""
    purchase = begin(till)
    change(till, state=PurchaseState.OPEN, stripe_payment_id=open_at_stripe(till, purchase))

    def start_again() -> None:
        with till.wiring.sessions() as session:
            till.wiring.processor.cancel_payment(till.row.stripe_payment_id or "")
            with writing(session):
                session.execute(update(AlbumPurchase).values(state=PurchaseState.CANCELED))

    reconciler.meanwhile[f"{INTENTS}?"] = start_again
    assert reconciler.run(check=True) == []
    change(till, state=PurchaseState.OPEN)
    assert reconciler.run() == []


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("list_", [INTENTS, CHARGES, "/v1/balance_transactions"])
def test_a_buyer_who_comes_while_a_list_is_read(till: Till, reconciler: Reconciler, list_: str, check: bool) -> None:
    reconciler.meanwhile[f"{list_}?"] = till.buy
    assert reconciler.run(check=check, later=timedelta(0)) == []
    assert till.row.state == PurchaseState.PAID
    assert till.row.flags == []
    assert not reconciler.meanwhile


@pytest.mark.parametrize("card", ["pm_card_visa_chargeDeclined", "pm_card_threeDSecure2Required"])
def test_buyers_at_work_are_left_alone(till: Till, reconciler: Reconciler, card: str) -> None:
    purchase = till.buy(card)
    assert reconciler.run() == []
    assert status(till, purchase.stripe_payment_id) in ("requires_payment_method", "requires_action")
    assert till.row.state == purchase.state


def test_many_pages(till: Till, reconciler: Reconciler) -> None:
    for number in range(103):
        params: Any = {
            "amount": 700,
            "currency": "eur",
            "metadata": {"order": f"{number:032d}", "album": till.album.public_id},
            "allowed_payment_method_types": ["card"],
        }
        till.stripe.v1.payment_intents.create(params)
    found = reconciler.run(later=A_DAY)
    assert {each.kind for each in found} == {"stray_payment"}
    assert len({each.stripe_id for each in found}) == 103
    assert [count for name, count in reconciler.progress if name == "payments"] == [0, 100, 103]


# -- a checkout that a restore has closed


def close(session: Session, backup_made: datetime | None = None) -> None:
    now = datetime.now(UTC)
    with writing(session):
        session.add(CheckoutClosure(since=now, backup_made=backup_made or now - A_DAY))


def closed(till: Till) -> bool:
    with till.wiring.sessions() as session:
        return is_closed(session)


def test_a_complete_run_opens_the_checkout(till: Till, reconciler: Reconciler) -> None:
    forget(till.session, till.buy())
    close(till.session)
    assert closed(till)
    assert len(reconciler.run()) == 1
    assert not closed(till)
    assert till.row.has_access


def test_a_run_that_only_looks_does_not(till: Till, reconciler: Reconciler) -> None:
    close(till.session)
    reconciler.run(check=True)
    assert closed(till)


def test_a_run_that_does_not_go_back_far_enough_does_not(till: Till, reconciler: Reconciler) -> None:
    backup_made = datetime.now(UTC) - A_DAY
    close(till.session, backup_made)
    reconciler.run(since=backup_made - timedelta(days=2))
    assert closed(till)
    reconciler.run(since=backup_made - timedelta(days=3))
    assert not closed(till)


@pytest.mark.parametrize("list_", [INTENTS, CHARGES, "/v1/refunds", "/v1/disputes", "/v1/balance_transactions"])
def test_a_run_that_is_cut_does_not(till: Till, reconciler: Reconciler, list_: str) -> None:
    close(till.session)
    till.sandbox.fault("drop_before", list_, method="GET", count=3)
    with pytest.raises(PaymentError):
        reconciler.run()
    assert closed(till)
    reconciler.run()
    assert not closed(till)


def test_a_run_in_which_stripe_was_silent_about_one_does_not(till: Till, reconciler: Reconciler) -> None:
    forget(till.session, till.buy())
    close(till.session)
    till.sandbox.fault("drop_before", "/v1/charges/ch_[A-Za-z0-9]+", method="GET", count=3)
    assert "unanswered" in reconciler.kinds()
    assert closed(till)
    reconciler.run()
    assert not closed(till)


def test_a_restore_during_the_run_keeps_it_closed(till: Till, reconciler: Reconciler) -> None:
    close(till.session)
    reconciler.meanwhile[f"{CHARGES}?"] = lambda: close(till.session)
    reconciler.run()
    assert closed(till)


def test_the_job_after_a_restore_goes_on_until_it_is_open(till: Till, pass_time: Callable[..., None]) -> None:
    from storefront.services.shop.backups.reopening import expect_lost_days

    lost = till.buy()
    forget(till.session, lost)
    expect_lost_days(till.session, datetime.now(UTC) - A_DAY, datetime.now(UTC))
    till.sandbox.fault("drop_before", ".*", count=1000)
    till.worker.run_due()
    assert closed(till)
    assert till.rows == []
    with till.wiring.sessions() as session:
        job = session.scalars(select(Job).where(Job.kind == "reconcile_after_restore")).one()
    assert (job.error, job.failed) == ("", None), "a silent Stripe is no failure, however long it lasts"

    till.sandbox.forget_faults()
    pass_time(minutes=2)
    assert not closed(till)
    assert till.row.public_id == lost.public_id


@pytest.mark.parametrize("job", ["reconcile_hourly", "reconcile_nightly"])
def test_the_periodic_jobs(till: Till, job: str) -> None:
    from storefront.tasks import TASKS

    forget(till.session, till.buy())
    assert TASKS[job].every is not None
    TASKS[job](till.wiring, {})
    assert till.row.has_access


def test_the_price_of_a_lost_purchase_is_what_was_paid(till: Till, reconciler: Reconciler) -> None:
    forget(till.session, till.buy())
    with writing(till.session):
        till.session.execute(update(Album).values(amount=1200))
        till.session.execute(delete(PaymentAttempt))
    reconciler.run()
    assert till.row.price == Money(900, "eur")
