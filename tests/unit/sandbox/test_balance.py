"""The balance is the sum of the books, in every currency, whatever happened."""

from collections import Counter
from typing import Any

import pytest
import stripe

DAYS = 24 * 60 * 60


def books(till: Any) -> dict[str, int]:
    """Currency -> the sum of all balance transactions."""
    totals: Counter[str] = Counter()
    for entry in till.v1.balance_transactions.list({"limit": 100}).auto_paging_iter():
        assert entry.net == entry.amount - entry.fee
        totals[entry.currency] += entry.net
    return totals


def parts(till: Any) -> dict[str, tuple[int, int]]:
    """Currency -> (available, pending)."""
    balance = till.v1.balance.retrieve()
    pending = {part.currency: part.amount for part in balance.pending}
    return {part.currency: (part.amount, pending[part.currency]) for part in balance.available}


def test_a_new_account(till: Any) -> None:
    assert parts(till) == {"usd": (0, 0)}


def test_available_after_two_days(till: Any) -> None:
    till.pay()
    till.sandbox.settle_due()
    assert parts(till) == {"usd": (0, 1231)}
    till.pass_time(2 * DAYS - 60)
    assert parts(till) == {"usd": (0, 1231)}
    till.pass_time(120)

    assert parts(till) == {"usd": (1231, 0)}
    assert till.v1.balance_transactions.list().data[0].status == "available"


def test_available_at_once(till: Any) -> None:
    till.pay("bypassPending")
    till.sandbox.settle_due()

    assert parts(till) == {"usd": (1231, 0)}


def test_it_adds_up(till: Any) -> None:
    for card in ("visa", "pendingRefund", "refundFail"):
        for currency in ("eur", "jpy", "kwd"):
            till.sandbox.refund(till.pay(card, amount=4990, currency=currency).id, 490)
    for card in ("createDispute", "createMultipleDisputes", "createDisputeInquiry"):
        till.pay(card, amount=4990, currency="eur")
    till.pass_time(6)
    for text, dispute in zip(("winning_evidence", "losing_evidence"), till.v1.disputes.list().data[1:], strict=False):
        till.sandbox.send_evidence(dispute.id, text)
    for seconds in (0, 70, 3 * DAYS):
        till.pass_time(seconds)
        assert {name: sum(amounts) for name, amounts in parts(till).items()} == books(till)
        assert till.sandbox.balance == books(till)

    fee = 175  # 2.9 % of 4990 are 144.71: 145, and 30
    sales, refunds = 3 * (4990 - fee), 2 * 490  # one refund came back
    assert books(till)["jpy"] == books(till)["kwd"] == sales - refunds
    lost = (4990 + 1500) + (2495 + 1500)  # a whole charge, and one half; the other half was won
    assert books(till)["eur"] == sales - refunds + 3 * (4990 - fee) - lost


def test_the_books_by_what_they_are_about(till: Any) -> None:
    paid = till.pay()
    refund = till.sandbox.refund(paid.id, 500)
    till.sandbox.dispute(paid.latest_charge.id)

    def types(**params: Any) -> list[str]:
        return [entry.type for entry in till.v1.balance_transactions.list(params).data]

    assert types() == ["adjustment", "refund", "charge"]
    assert types(type="refund") == types(source=refund["id"]) == ["refund"]
    assert types(currency="eur") == []
    assert types(created={"lt": 5}) == []
    listed = till.v1.balance_transactions.list({"expand": ["data.source"]}).data
    assert [entry.source.object for entry in listed] == ["dispute", "refund", "charge"]


def test_nothing_was_paid_out(till: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such payout"):
        till.v1.balance_transactions.list({"payout": "po_1"})
