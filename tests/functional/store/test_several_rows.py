"""One person at several browsers and accounts: the purchase that may be paid any moment goes before one that is not."""

import pytest

from storefront.models import PurchaseState
from storefront.services.store.buyers import Visitor
from tests.functional.store.conftest import Counter, Till
from tests.support.people import make_customer

CONFIRM = ".*/confirm"
RETRIEVE = "/v1/payment_intents/pi_[A-Za-z0-9]+"


def test_a_row_in_doubt_goes_before_an_old_open_one(till: Till, pass_time) -> None:
    account = make_customer(till.session)
    guest, elsewhere = till.visitor, Visitor.of(account, "y" * 43)
    till.buy("pm_card_visa_chargeDeclined")
    till.visitor = elsewhere
    till.sandbox.fault("drop_after", CONFIRM)
    till.sandbox.fault("drop_before", RETRIEVE, method="GET", count=3)
    doubtful = till.buy()
    assert doubtful.state == PurchaseState.CONFIRMING
    till.visitor = Visitor(account, guest.browser)

    again = till.buy()
    pass_time(seconds=60)

    assert again.public_id == doubtful.public_id
    assert len(till.sandbox.charges) == 1


def test_it_is_theirs_who_pays_it(till: Till) -> None:
    """Two people at one browser: what the first could not pay is the second's, who does."""
    ana, bob = make_customer(till.session), make_customer(till.session, "bob@example.com")
    browser = till.visitor.browser
    till.visitor = Visitor(None, browser)
    till.buy("pm_card_visa_chargeDeclined")
    till.visitor = Visitor(ana, browser)
    till.buy("pm_card_visa_chargeDeclined")
    till.visitor = Visitor(bob, browser)

    till.buy()

    assert till.rows[-1].state == PurchaseState.PAID
    assert till.rows[-1].account_id == bob.id


@pytest.mark.parametrize("lost", [3, 9])
def test_charged_at_the_bank_and_stripe_is_silent(counter: Counter, lost: int) -> None:
    """Back from the bank, nobody says how it ended: the page checks, and never says that nothing was charged."""
    bank = counter.buy("pm_card_threeDSecure2Required").follow()
    counter.till.answer_bank(counter.purchase)
    counter.till.sandbox.fault("drop_before", RETRIEVE, method="GET", count=lost)

    page = bank.click("Continue").follow()

    assert "checking with your bank" in page
    assert "othing was charged" not in page
    counter.till.sandbox.forget_faults()
    assert "is yours" in counter.app.get(page.request.path).follow().follow()


def test_another_card_while_stripe_is_silent(counter: Counter) -> None:
    bank = counter.buy("pm_card_threeDSecure2Required").follow()
    counter.till.answer_bank(counter.purchase)
    counter.till.sandbox.fault("drop_before", RETRIEVE, method="GET", count=9)
    counter.till.sandbox.fault("drop_before", ".*/cancel", count=9)

    page = bank.forms[0].submit().maybe_follow()

    assert "checking with your bank" in page
    assert "othing was charged" not in page
    counter.till.sandbox.forget_faults()
    assert "is yours" in counter.app.get(page.request.path).follow().follow()
    assert len(counter.till.sandbox.charges) == 1


def test_bought_twice_with_one_card_is_flagged_and_delivered_twice(till: Till) -> None:
    """At two browsers as a guest: nothing tells that it is one person but the address and the card."""
    till.buy()
    till.visitor = Visitor.of(None, "z" * 43)
    again = till.buy()

    assert [row.state for row in till.rows] == [PurchaseState.PAID] * 2
    assert again.flags == ["bought_twice"]
    till.visitor = Visitor.of(None, "w" * 43)
    assert till.buy("pm_card_mastercard").flags == []
