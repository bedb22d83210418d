"""Money given back: by the shop, in Stripe's dashboard, in parts, unanswered, refused, failed later."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from storefront.models import AlbumPurchase, PurchaseState
from storefront.money import Money
from storefront.services.store.aftermath.books import apply
from storefront.services.store.errors import AmountNotRefundable, NotRefundable
from tests.functional.store.conftest import Counter, Till

REFUNDS = "/v1/refunds"


def at_stripe(till: Till) -> list[dict[str, Any]]:
    return till.sandbox.ledger()["refunds"]


def sends(till: Till) -> list[dict[str, Any]]:
    return [r for r in till.sandbox.ledger()["requests"] if r["method"] == "POST" and r["path"] == REFUNDS]


def test_all_of_it(till: Till) -> None:
    refund = till.refund(till.buy())

    [there] = at_stripe(till)
    assert (there["amount"], there["metadata"]["refund"]) == (900, refund.public_id)
    [mirror] = till.refunds
    assert (mirror.stripe_refund_id, mirror.status, mirror.requested_by) == (there["id"], "succeeded", "command")
    assert (till.row.refunded, till.row.refund_requested) == (900, 900)
    assert not till.row.has_access
    assert till.mails == ["receipt", "refunded"]


def test_a_part_leaves_the_music(till: Till) -> None:
    purchase = till.buy()
    till.refund(purchase, 300)
    till.refund(purchase, 250)

    assert (till.row.refunded, till.row.refund_requested) == (550, 550)
    assert till.row.has_access
    assert sorted(refund.amount for refund in till.refunds) == [250, 300]


def test_the_album_can_be_bought_again(till: Till) -> None:
    till.refund(till.buy())
    again = till.buy()
    assert again.state == PurchaseState.PAID
    assert len(till.rows) == 2


def test_the_same_wish_again_is_the_same_refund(till: Till) -> None:
    purchase, wish = till.buy(), "a" * 32
    first = till.refund(purchase, 300, reference=wish)
    second = till.refund(purchase, 300, reference=wish)
    assert first.public_id == second.public_id
    assert [refund["amount"] for refund in at_stripe(till)] == [300]
    with pytest.raises(NotRefundable):
        till.refund(purchase, 200, reference=wish)


@pytest.mark.parametrize("amount", [0, 901])
def test_not_nothing_and_not_more_than_was_paid(till: Till, amount: int) -> None:
    purchase = till.buy()
    with pytest.raises(AmountNotRefundable):
        till.refund(purchase, amount)
    assert sends(till) == []
    assert till.row.refund_requested == 0


def test_not_more_than_is_left(till: Till) -> None:
    purchase = till.buy()
    till.refund(purchase, 500)
    with pytest.raises(AmountNotRefundable) as refusal:
        till.refund(purchase, 500)
    assert refusal.value.rest == Money(400, "eur")


def test_twice_all_of_it(till: Till) -> None:
    purchase = till.buy()
    till.refund(purchase)
    with pytest.raises(NotRefundable) as refusal:
        till.refund(purchase)
    assert refusal.value.reason == "refunded"


def test_what_was_never_paid(till: Till) -> None:
    purchase = till.buy("pm_card_visa_chargeDeclined")
    with pytest.raises(NotRefundable) as refusal:
        till.refund(purchase)
    assert refusal.value.reason == "not_paid"


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "status_500", "status_500_unsaved", "429", "cut"])
def test_stripe_does_not_answer(till: Till, pass_time: Callable[..., None], fault: str) -> None:
    """The row says "requested", the music is closed, and a job finds out: one refund, whatever happened."""
    purchase = till.buy()
    till.sandbox.fault(fault, REFUNDS, method="POST", count=3)
    till.sandbox.fault("drop_before", "/v1/charges/.*", method="GET", count=3)

    refund = till.refund(purchase)

    assert refund.status == "requested"
    assert not till.row.has_access
    till.sandbox.forget_faults()
    pass_time(minutes=1)
    assert [there["amount"] for there in at_stripe(till)] == [900]
    assert (till.refunds[0].status, till.row.refunded) == ("succeeded", 900)
    assert till.mails == ["receipt", "refunded"]


def test_a_saved_500_is_asked_for_anew_when_its_key_is_forgotten(till: Till, pass_time: Callable[..., None]) -> None:
    """Stripe replays it for a day; then the same key makes the refund, once."""
    purchase = till.buy()
    till.sandbox.fault("status_500", REFUNDS, method="POST")
    till.refund(purchase)
    pass_time(hours=30, step=timedelta(minutes=20))
    assert [there["amount"] for there in at_stripe(till)] == [900]
    assert till.row.refunded == 900


def test_the_key_is_forgotten_and_the_refund_was_made(till: Till, pass_time: Callable[..., None]) -> None:
    """It is found in the list by the name that it bears, not made a second time."""
    purchase = till.buy()
    till.sandbox.fault("drop_after", REFUNDS, method="POST", count=3)
    till.sandbox.fault("drop_before", "/v1/charges/.*", method="GET", count=3)
    till.refund(purchase, 300)
    till.sandbox.shift_clock(25 * 3600)
    till.sandbox.forget_faults()
    sent = len(sends(till))
    pass_time(minutes=1)
    assert len(at_stripe(till)) == 1
    assert len(sends(till)) == sent
    assert till.refunds[0].status == "succeeded"


def test_refused_when_the_owner_was_quicker_in_the_dashboard(till: Till) -> None:
    """What the shop had taken of the purchase is what the dashboard gave back, and no more."""
    purchase = till.buy()
    till.stripe.v1.refunds.create({"payment_intent": purchase.stripe_payment_id or "", "amount": 700})
    with pytest.raises(NotRefundable):
        till.refund(purchase, 500)

    assert (till.row.refunded, till.row.refund_requested) == (700, 700)
    assert till.row.has_access
    assert {refund.status: refund.amount for refund in till.refunds} == {"refused": 500, "succeeded": 700}


def test_made_in_stripes_dashboard(till: Till) -> None:
    purchase = till.buy()
    till.stripe.v1.refunds.create({"payment_intent": purchase.stripe_payment_id or ""})
    assert "charge.refunded" in till.hear()
    till.worker.run_due()

    assert (till.row.refunded, till.row.refund_requested) == (900, 900)
    [mirror] = till.refunds
    assert (mirror.stripe_refund_id, mirror.requested_by) == (at_stripe(till)[0]["id"], "")
    assert not till.row.has_access
    assert till.mails == ["receipt", "refunded"]


def test_pending_and_then_made(till: Till, pass_time: Callable[..., None]) -> None:
    refund = till.refund(till.buy("pm_card_pendingRefund"))
    assert refund.status == "pending"
    assert not till.row.has_access
    pass_time(days=2, step=timedelta(hours=3))
    assert till.refunds[0].status == "succeeded"
    assert till.mails == ["receipt", "refunded"]


def test_made_and_failed_later(till: Till, pass_time: Callable[..., None]) -> None:
    """The money is back with the shop and owed to the buyer: the music stays closed, and somebody is told."""
    till.refund(till.buy("pm_card_refundFail"))
    till.sandbox.shift_clock(3 * 24 * 3600)
    till.stripe.v1.balance.retrieve()  # Stripe does what is due
    assert "refund.failed" in till.hear()
    till.worker.run_due()

    assert (till.refunds[0].status, till.row.refunded, till.row.refund_requested) == ("failed", 0, 900)
    assert not till.row.has_access
    assert till.row.flags == ["refund_failed"]


def test_refunded_otherwise_after_it_failed(till: Till) -> None:
    purchase = till.buy("pm_card_refundFail")
    till.refund(purchase)
    till.sandbox.shift_clock(3 * 24 * 3600)
    till.stripe.v1.balance.retrieve()
    till.hear()
    till.worker.run_due()
    till.refund(purchase)
    assert (till.row.refunded, till.row.refund_requested) == (900, 900)
    assert sorted(refund.status for refund in till.refunds) == ["failed", "succeeded"]


def test_refused_after_the_buyer_bought_again(till: Till, pass_time: Callable[..., None]) -> None:
    """The buyer pays anew while nobody knows of the refund; then Stripe says no. Both are paid: a person looks."""
    first = till.buy()
    till.sandbox.fault("429", REFUNDS, method="POST")
    till.sandbox.fault("429", "/v1/charges/.*", method="GET", count=1)
    till.refund(first)
    second = till.buy()
    assert second.id != first.id
    till.stripe.v1.refunds.create({"payment_intent": first.stripe_payment_id or "", "amount": 100})
    pass_time(minutes=1)

    row = next(row for row in till.rows if row.id == first.id)
    assert till.refunds[0].status == "refused"
    assert row.flags == ["bought_twice", "refund_refused"]
    assert row.refunded == 100


def test_an_older_answer_of_stripes_is_not_applied(till: Till) -> None:
    """A refund was made while the aftermath was on its way to us: nothing is unlearnt, and Stripe is asked again."""
    purchase = till.buy()
    seen = till.row.books_version
    before = till.wiring.processor.records.find_aftermath(purchase.stripe_charge_id or "")
    till.refund(purchase)
    with till.wiring.sessions() as session:
        mine = session.get_one(AlbumPurchase, purchase.id)
        assert not apply(session, mine, before, seen, purchase.created)
    assert (till.row.refunded, till.row.refund_requested) == (900, 900)


def test_what_the_buyer_sees(counter: Counter) -> None:
    """The music is gone from the success page, and the album can be bought again from its own."""
    counter.buy()
    page = f"/store/success/{counter.purchase.public_id}"
    assert "is yours" in counter.app.get(page)
    counter.till.refund(counter.purchase)

    gone = counter.app.get(page, status=303).follow()

    assert "This purchase was refunded" in gone
    assert [row.text for row in gone.html.select(".receipt dd")][-2:] == ["€9.00", "€9.00"]
    assert [state.text for state in counter.app.get("/library").html.select(".state")] == ["refunded"]
    assert gone.click("You can buy it again").request.path == f"/albums/{counter.slug}"
    counter.buy()
    assert "is yours" in counter.app.get(f"/store/success/{counter.purchase.public_id}")
