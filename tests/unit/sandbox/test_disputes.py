"""Buyers who go to their banks: what each card's holder says, what it costs, and how it ends."""

from typing import Any

import pytest
import stripe

from storefront.sandbox.objects.dispute import EVIDENCE_TEXTS

PAID, NET, TAKEN = 1299, 1231, -(1299 + 1500)
MONEY = ("charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated")


def disputed(till: Any, card: str = "createDispute") -> Any:
    """A dispute of a charge that was paid a moment before."""
    till.pay(card)
    assert till.v1.disputes.list().data == []
    till.pass_time(6)
    return till.v1.disputes.list().data[0]


def answer(till: Any, dispute: Any, text: str) -> Any:
    """The dispute after the bank has read the evidence."""
    till.sandbox.send_evidence(dispute.id, text)
    till.pass_time(6)
    return till.v1.disputes.retrieve(dispute.id)


@pytest.mark.parametrize(
    ("card", "reason", "case_type", "eligible"),
    [
        ("createDispute", "fraudulent", "chargeback", []),
        ("createDisputeProductNotReceived", "product_not_received", "chargeback", []),
        ("createCe3EligibleDispute", "fraudulent", "chargeback", ["visa_compelling_evidence_3"]),
        ("createComplianceDispute", "noncompliant", "compliance", ["visa_compliance"]),
    ],
)
def test_what_the_buyer_says(till: Any, card: str, reason: str, case_type: str, eligible: list[str]) -> None:
    dispute = disputed(till, card)

    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", reason, PAID)
    assert dispute.payment_method_details.card.case_type == case_type
    assert dispute.enhanced_eligibility_types == eligible
    assert list(dispute.evidence_details.enhanced_eligibility.to_dict()) == eligible
    [entry] = dispute.balance_transactions
    assert (entry.type, entry.amount, entry.fee, entry.net) == ("adjustment", -PAID, 1500, TAKEN)
    assert (entry.reporting_category, entry.source) == ("dispute", dispute.id)
    assert till.v1.charges.retrieve(dispute.charge).disputed
    assert till.events("charge.dispute") == ["charge.dispute.created", MONEY[0]]
    assert till.nets() == [NET, TAKEN]


def test_no_dispute_without_such_a_card(till: Any) -> None:
    paid = till.pay()
    till.pass_time(10**6)

    assert till.v1.disputes.list().data == []
    assert not till.v1.charges.retrieve(paid.latest_charge.id).disputed


def test_an_inquiry_moves_no_money(till: Any) -> None:
    dispute = disputed(till, "createDisputeInquiry")

    assert (dispute.status, dispute.is_charge_refundable) == ("warning_needs_response", True)
    assert dispute.payment_method_details.card.case_type == "inquiry"
    assert dispute.balance_transactions == []
    assert till.events("charge.dispute") == ["charge.dispute.created"]
    assert till.nets() == [NET]


def test_several_share_the_amount(till: Any) -> None:
    paid = till.pay("createMultipleDisputes")
    till.pass_time(6)
    found = till.v1.disputes.list({"payment_intent": paid.id}).data

    assert [(dispute.reason, dispute.amount) for dispute in found] == [
        ("product_not_received", 649),
        ("fraudulent", 650),
    ]
    assert till.nets() == [NET, -650 - 1500, -649 - 1500]


def test_won(till: Any) -> None:
    dispute = disputed(till)
    sent = till.sandbox.send_evidence(dispute.id, "winning_evidence")
    assert sent["status"] == "under_review"
    assert (sent["evidence_details"]["has_evidence"], sent["evidence_details"]["submission_count"]) == (True, 1)

    till.pass_time(6)
    won = till.v1.disputes.retrieve(dispute.id)
    assert (won.status, won.is_charge_refundable) == ("won", True)
    assert [entry.net for entry in won.balance_transactions] == [TAKEN, -TAKEN]
    assert won.balance_transactions[1].reporting_category == "dispute_reversal"
    assert till.nets() == [NET, TAKEN, -TAKEN]
    assert till.events("charge.dispute")[2:] == ["charge.dispute.updated", MONEY[1], "charge.dispute.closed"]
    assert till.v1.charges.retrieve(dispute.charge).disputed  # it was
    assert till.sandbox.refund(dispute.payment_intent)["status"] == "succeeded"


@pytest.mark.parametrize("way", ["evidence", "given up", "not answered"])
def test_lost(till: Any, way: str) -> None:
    dispute = disputed(till)
    if way == "evidence":
        answer(till, dispute, "losing_evidence")
    elif way == "given up":
        assert till.sandbox.give_up(dispute.id)["status"] == "lost"
    else:
        till.pass_time(dispute.evidence_details.due_by - dispute.created + 1)

    lost = till.v1.disputes.retrieve(dispute.id)
    assert (lost.status, lost.is_charge_refundable) == ("lost", False)
    assert lost.evidence_details.past_due is (way == "not answered")
    assert till.nets() == [NET, TAKEN]
    assert till.events("charge.dispute")[-1] == "charge.dispute.closed"


def test_other_evidence_waits_for_the_bank(till: Any) -> None:
    dispute = disputed(till)

    assert answer(till, dispute, "they downloaded it twice").status == "under_review"
    till.pass_time(30 * 24 * 60 * 60)
    assert till.v1.disputes.retrieve(dispute.id).status == "under_review"
    won = answer(till, dispute, "winning_evidence")
    assert (won.status, won.evidence_details.submission_count) == ("won", 2)


def test_evidence_that_is_kept_for_later(till: Any) -> None:
    dispute = disputed(till)
    log = {"access_activity_log": "2026-11-20 10:00 downloaded"}
    kept = till.v1.disputes.update(dispute.id, {"evidence": log, "submit": False})
    assert (kept.status, kept.evidence_details.submission_count) == ("needs_response", 0)
    assert kept.evidence.access_activity_log == log["access_activity_log"]
    sent = till.v1.disputes.update(dispute.id, {"submit": True, "metadata": {"case": "7"}})

    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    assert sent.evidence.access_activity_log == log["access_activity_log"]
    assert sent.metadata.to_dict() == {"case": "7"}


@pytest.mark.parametrize("text", ["winning_evidence", "losing_evidence"])
def test_an_inquiry_ends(till: Any, text: str) -> None:
    dispute = disputed(till, "createDisputeInquiry")

    assert till.sandbox.send_evidence(dispute.id, text)["status"] == "warning_under_review"
    till.pass_time(6)
    assert till.v1.disputes.retrieve(dispute.id).status == "warning_closed"
    assert till.nets() == [NET]


def test_an_inquiry_without_a_word(till: Any) -> None:
    dispute = disputed(till, "createDisputeInquiry")
    till.pass_time(119 * 24 * 60 * 60)
    assert till.v1.disputes.retrieve(dispute.id).status == "warning_needs_response"
    till.pass_time(2 * 24 * 60 * 60)

    assert till.v1.disputes.retrieve(dispute.id).status == "warning_closed"


def test_an_inquiry_that_escalates(till: Any) -> None:
    dispute = disputed(till, "createDisputeInquiry")
    escalated = answer(till, dispute, "escalate_inquiry_evidence")

    assert (escalated.id, escalated.status) == (dispute.id, "needs_response")
    assert (escalated.is_charge_refundable, [e.net for e in escalated.balance_transactions]) == (False, [TAKEN])
    assert till.events("charge.dispute")[-2:] == ["charge.dispute.updated", MONEY[0]]
    till.pass_time(130 * 24 * 60 * 60)
    assert till.v1.disputes.retrieve(dispute.id).status == "lost"  # and not closed as an inquiry


def test_an_inquiry_about_money_that_is_given_back(till: Any) -> None:
    dispute = disputed(till, "createDisputeInquiry")
    till.sandbox.refund(dispute.payment_intent, 500)
    assert till.v1.disputes.retrieve(dispute.id).status == "warning_needs_response"
    till.sandbox.refund(dispute.payment_intent)

    assert till.v1.disputes.retrieve(dispute.id).status == "warning_closed"


@pytest.mark.parametrize("end", [None, "losing_evidence"])
def test_no_refund_of_what_the_bank_took(till: Any, end: str | None) -> None:
    dispute = disputed(till)
    if end:
        answer(till, dispute, end)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        till.v1.refunds.create({"payment_intent": dispute.payment_intent})

    assert refused.value.code == "charge_disputed"
    assert refused.value.user_message == f"Charge {dispute.charge} has been charged back; cannot issue a refund."


def test_the_bank_takes_what_was_partly_given_back(till: Any) -> None:
    paid = till.pay()
    till.sandbox.refund(paid.id, 500)
    till.sandbox.dispute(paid.latest_charge.id)

    assert till.nets() == [NET, -500, TAKEN]


def test_a_refund_on_its_way_stays_here(till: Any) -> None:
    paid = till.pay("pendingRefund")
    refund = till.sandbox.refund(paid.id)
    [dispute] = till.sandbox.dispute(paid.latest_charge.id, "product_not_received")
    till.pass_time(61)

    assert dispute["reason"] == "product_not_received"
    found = till.v1.refunds.retrieve(refund["id"])
    assert (found.status, found.failure_reason) == ("failed", "charge_for_pending_refund_disputed")
    assert found.balance_transaction is None
    assert till.v1.charges.retrieve(paid.latest_charge.id).amount_refunded == 0
    assert till.nets() == [NET, TAKEN]


@pytest.mark.parametrize("ask", ["update", "close"])
def test_closed_is_closed(till: Any, ask: str) -> None:
    dispute = disputed(till)
    till.sandbox.give_up(dispute.id)
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        getattr(till.v1.disputes, ask)(dispute.id)


def test_given_up_while_the_bank_reads(till: Any) -> None:
    dispute = disputed(till)
    till.sandbox.send_evidence(dispute.id, "winning_evidence")
    till.sandbox.give_up(dispute.id)
    till.pass_time(6)

    assert till.v1.disputes.retrieve(dispute.id).status == "lost"
    assert till.nets() == [NET, TAKEN]


def test_evidence_that_is_a_file(till: Any) -> None:
    dispute = disputed(till)
    with pytest.raises(stripe.InvalidRequestError, match="receipt"):
        till.v1.disputes.update(dispute.id, {"evidence": {"receipt": "file_1"}})


def test_evidence_that_comes_too_late(till: Any) -> None:
    """https://docs.stripe.com/api/disputes/object: evidence_details.past_due."""
    dispute = disputed(till, "createDisputeInquiry")
    assert not till.sandbox.send_evidence(dispute.id, "in time")["evidence_details"]["past_due"]
    till.pass_time(dispute.evidence_details.due_by - dispute.created + 1)
    assert till.sandbox.send_evidence(dispute.id, "too late")["evidence_details"]["past_due"]


@pytest.mark.parametrize(
    ("evidence", "param"),
    [
        ({"uncategorized_text": "x" * 20_001}, "evidence[uncategorized_text]"),
        (dict.fromkeys(EVIDENCE_TEXTS[:8], "x" * 19000), "evidence"),
    ],
)
def test_evidence_that_is_too_long(till: Any, evidence: dict[str, str], param: str) -> None:
    dispute = disputed(till)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        till.v1.disputes.update(dispute.id, {"evidence": evidence})
    assert refused.value.param == param
    assert till.v1.disputes.retrieve(dispute.id).evidence_details.submission_count == 0


def test_lists(till: Any) -> None:
    dispute = disputed(till)
    other = till.sandbox.dispute(till.pay().latest_charge.id)[0]["id"]

    def ids(**params: Any) -> list[str]:
        return [found.id for found in till.v1.disputes.list(params).data]

    assert ids() == [other, dispute.id]
    assert ids(charge=dispute.charge) == ids(payment_intent=dispute.payment_intent) == [dispute.id]
    assert ids(created={"lt": 5}) == []
    listed = till.v1.disputes.list({"expand": ["data.charge", "data.balance_transactions.source"]}).data[1]
    assert listed.charge.disputed
    assert listed.balance_transactions[0].source.id == dispute.id


@pytest.mark.parametrize("wish", [{"charge": "ch_none"}, {"charge": "ch_none", "kind": "earthquake"}])
def test_an_order_that_makes_no_sense(shop: Any, wish: dict[str, str]) -> None:
    with pytest.raises(OSError, match="400"):
        shop.sandbox.dispute(**{"charge_id": wish["charge"]} | {n: v for n, v in wish.items() if n == "kind"})
