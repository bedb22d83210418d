"""What the buyer's bank takes back, asks about or warns of."""

from dataclasses import replace
from typing import Any

import pytest

from storefront.models import AlbumPurchase
from storefront.services.store.aftermath.books import apply
from storefront.services.store.errors import NotRefundable
from tests.functional.store.conftest import Till
from tests.support.people import make_owner

DISPUTED = "pm_card_createDispute"
A_DAY = 24 * 3600


def dispute(till: Till, card: str = DISPUTED) -> AlbumPurchase:
    """A purchase, and the buyer goes to the bank."""
    till.buy(card)
    go_on(till)
    return till.row


def go_on(till: Till) -> list[str]:
    """A day passes at Stripe, and the shop hears of it."""
    till.sandbox.shift_clock(A_DAY)
    till.stripe.v1.balance.retrieve()  # Stripe does what is due
    heard = till.hear()
    till.worker.run_due()
    return heard


def answer(till: Till, text: str) -> list[str]:
    evidence: Any = {"evidence": {"uncategorized_text": text}, "submit": True}
    till.stripe.v1.disputes.update(till.disputes[0].stripe_dispute_id, evidence)
    return go_on(till)


def test_the_music_is_closed_while_the_money_is_away(till: Till) -> None:
    make_owner(till.session)
    purchase = dispute(till)

    [mirror] = till.disputes
    [there] = till.sandbox.ledger()["disputes"]
    assert (mirror.stripe_dispute_id, mirror.status, mirror.amount) == (there["id"], "needs_response", 900)
    assert mirror.evidence_due is not None
    assert purchase.dispute == "needs_response"
    assert not purchase.has_access
    assert purchase.flags == ["disputed"]
    assert sorted(till.mails) == ["attention", "receipt"]


def test_won_opens_it_again(till: Till) -> None:
    dispute(till)
    assert "charge.dispute.funds_reinstated" in answer(till, "winning_evidence")
    assert till.row.dispute == "won"
    assert till.row.has_access
    assert sum(entry.net for entry in till.ledger) == till.sandbox.balance["eur"]


def test_lost_leaves_it_closed(till: Till) -> None:
    dispute(till)
    answer(till, "losing_evidence")
    assert till.row.dispute == "lost"
    assert not till.row.has_access
    assert sum(entry.net for entry in till.ledger) == till.sandbox.balance["eur"]


def test_an_inquiry_moves_no_money_and_keeps_the_music(till: Till) -> None:
    purchase = dispute(till, "pm_card_createDisputeInquiry")
    assert purchase.dispute == "warning_needs_response"
    assert purchase.has_access
    assert purchase.flags == ["inquiry"]
    assert [entry.type for entry in till.ledger] == ["charge"]


def test_several_at_once(till: Till) -> None:
    dispute(till, "pm_card_createMultipleDisputes")
    assert len(till.disputes) == len(till.sandbox.ledger()["disputes"]) > 1
    assert not till.row.has_access


def test_what_is_disputed_is_not_refunded(till: Till) -> None:
    purchase = dispute(till)
    with pytest.raises(NotRefundable) as refusal:
        till.refund(purchase)
    assert refusal.value.reason == "disputed"
    assert till.row.refund_requested == 0


def test_disputed_at_stripe_and_not_heard_of_here(till: Till) -> None:
    """Stripe refuses the refund; nothing that was taken of the purchase for it stays taken."""
    purchase = till.buy(DISPUTED)
    till.sandbox.shift_clock(A_DAY)
    till.stripe.v1.balance.retrieve()
    with pytest.raises(NotRefundable):
        till.refund(purchase)
    assert till.row.refund_requested == 0
    assert till.row.dispute == "needs_response"


def test_an_early_fraud_warning_is_flagged(till: Till) -> None:
    purchase = dispute(till, "pm_card_createIssuerFraudRecord")
    assert purchase.flags == ["fraud_warning"]
    assert purchase.has_access


def test_a_status_of_tomorrow_withholds_and_tells(till: Till) -> None:
    purchase = dispute(till)
    found = till.wiring.processor.records.find_aftermath(purchase.stripe_charge_id or "")
    tomorrow = replace(found, disputes=tuple(replace(each, status="under_arbitration") for each in found.disputes))
    with till.wiring.sessions() as session:
        mine = session.get_one(AlbumPurchase, purchase.id)
        assert apply(session, mine, tomorrow, mine.books_version, mine.created)
    assert till.row.dispute == "under_arbitration"
    assert not till.row.has_access
    assert "unknown_dispute" in till.row.flags
