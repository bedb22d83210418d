"""`storefront refund`, as somebody types it."""

import re

import pytest

from storefront.cli.refund import masked
from storefront.models import Act
from tests.functional.store.conftest import Till
from tests.support.terminal import Storefront


def reference_in(output: str) -> str:
    found = re.search(r"--reference ([0-9a-f]{32})\n", output)
    assert found
    return found[1]


def amounts(till: Till) -> list[int]:
    return sorted(refund["amount"] for refund in till.sandbox.ledger()["refunds"])


def test_all_of_it(till: Till, storefront: Storefront) -> None:
    purchase = till.buy()
    result = storefront("refund", purchase.public_id, typed="y\n")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Low Tide, 9.00 EUR, bought on 20")
    assert lines[0].endswith(" by an…@example.com")
    assert lines[1] == "9.00 EUR of 9.00 EUR go back; 0.00 EUR are left, and the music goes too."
    assert re.fullmatch(r"9\.00 EUR: succeeded \(re_\w+\)", lines[-1])
    assert amounts(till) == [900]
    assert not till.row.has_access
    [row] = till.refunds
    assert (row.requested_by, row.public_id) == ("command", reference_in(result.stdout))


def test_no_is_no(till: Till, storefront: Storefront) -> None:
    purchase = till.buy()
    result = storefront("refund", purchase.public_id, typed="n\n")
    assert result.exit_code == 1
    assert amounts(till) == []
    assert till.refunds == []


def test_a_part(till: Till, storefront: Storefront) -> None:
    purchase = till.buy()
    result = storefront("refund", purchase.public_id, "--amount", "4.50", "--reason", "duplicate", "--yes")
    assert result.exit_code == 0
    assert "4.50 EUR of 9.00 EUR go back; 4.50 EUR are left, and the buyer keeps the music." in result.stdout
    assert amounts(till) == [450]
    assert till.refunds[0].reason == "duplicate"
    assert till.row.has_access


def test_the_same_reference_is_the_same_refund(till: Till, storefront: Storefront) -> None:
    purchase = till.buy()
    first = storefront("refund", purchase.public_id, "--amount", "4.50", "--yes")
    again = storefront("refund", purchase.public_id, "--amount", "4.50", "--reference", reference_in(first.stdout))
    assert again.exit_code == 0
    assert again.stdout.splitlines()[-1] == first.stdout.splitlines()[-1]
    assert amounts(till) == [450]
    other = storefront("refund", purchase.public_id, "--amount", "1", "--reference", reference_in(first.stdout))
    assert (other.exit_code, other.stderr) == (1, "This reference is another refund's.\n")
    assert amounts(till) == [450]


def test_it_is_in_the_audit_list_once(till: Till, storefront: Storefront) -> None:
    purchase = till.buy()
    reference = "0123456789abcdef" * 2
    for _ in range(2):
        storefront("refund", purchase.public_id, "--amount", "4", "--yes", "--reference", reference)
    storefront("refund", purchase.public_id, "--amount", "40", "--yes")
    [entry] = till.audit
    assert (entry.who, entry.account_id, entry.subject) == ("command", None, purchase.public_id)
    assert (entry.act, entry.detail) == (
        Act.PURCHASE_REFUND,
        {"amount": "4.00 EUR", "refund": reference, "reason": ""},
    )


def test_an_answer_that_was_lost(till: Till, storefront: Storefront) -> None:
    purchase = till.buy()
    till.sandbox.fault("drop_after", "/v1/refunds", method="POST", count=3)
    till.sandbox.fault("drop_before", "/v1/charges.*", count=3)
    first = storefront("refund", purchase.public_id, "--yes")
    assert first.exit_code == 0
    assert "Stripe has not answered yet" in first.stdout
    till.sandbox.forget_faults()
    again = storefront("refund", purchase.public_id, "--yes", "--reference", reference_in(first.stdout))
    assert again.stdout.splitlines()[-1].startswith("9.00 EUR: succeeded")
    assert amounts(till) == [900]


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("0", "0 is nothing to give back."),
        ("0.00", "0 is nothing to give back."),
        ("-1", "'-1' is no price"),
        ("1e3", "'1e3' is no price"),
        ("4,50", "'4,50' is no price"),
        ("٤", "'٤' is no price"),
        ("NaN", "'NaN' is no price"),
        ("", "'' is no price"),
        ("4.505", "has more decimals than EUR"),
        ("9.01", "9.01 EUR is more than is left to give back: 9.00 EUR."),
        ("100000000", "100000000.00 EUR is more than is left"),
    ],
)
def test_amounts_that_are_none(till: Till, storefront: Storefront, amount: str, sentence: str) -> None:
    purchase = till.buy()
    result = storefront("refund", purchase.public_id, f"--amount={amount}", "--yes")
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert till.refunds == []
    assert amounts(till) == []


def test_less_than_the_least_that_is_charged_can_be_given_back(till: Till, storefront: Storefront) -> None:
    purchase = till.buy()
    assert storefront("refund", purchase.public_id, "--amount", "0.30", "--yes").exit_code == 0
    assert amounts(till) == [30]


def test_nothing_is_left(till: Till, storefront: Storefront) -> None:
    purchase = till.buy()
    storefront("refund", purchase.public_id, "--yes")
    result = storefront("refund", purchase.public_id, "--yes")
    assert (result.exit_code, result.stderr) == (1, "All of it was given back already.\n")
    assert amounts(till) == [900]


def test_what_was_not_paid(till: Till, storefront: Storefront) -> None:
    purchase = till.buy("pm_card_visa_chargeDeclined")
    result = storefront("refund", purchase.public_id, "--yes")
    assert (result.exit_code, result.stderr) == (1, "It was never paid.\n")


def test_what_is_disputed(till: Till, storefront: Storefront) -> None:
    purchase = till.buy()
    till.sandbox.dispute(purchase.stripe_charge_id or "")
    result = storefront("refund", purchase.public_id, "--yes")
    assert result.exit_code == 1
    assert "the buyer's bank has taken the payment back" in result.stderr
    result = storefront("refund", purchase.public_id, "--yes")
    assert "The buyer's bank decides about this payment" in result.stderr


@pytest.mark.parametrize("name", ["0" * 32, "nothing", "x" * 500])
def test_no_such_purchase(till: Till, storefront: Storefront, name: str) -> None:
    result = storefront("refund", name, "--yes")
    assert (result.exit_code, result.stderr) == (1, f"There is no purchase {name[:40]}.\n")


@pytest.mark.parametrize("name", ["", "A" * 32, "0" * 31, "pi_1"])
def test_no_reference(till: Till, storefront: Storefront, name: str) -> None:
    result = storefront("refund", till.buy().public_id, "--yes", f"--reference={name}")
    assert result.exit_code == 1
    assert "is no reference" in result.stderr
    assert till.refunds == []


@pytest.mark.parametrize(
    ("email", "shown"),
    [("ana@example.com", "an…@example.com"), ("a@b.example", "a…@b.example"), ("", "somebody without an address")],
)
def test_enough_of_an_address(email: str, shown: str) -> None:
    assert masked(email) == shown
