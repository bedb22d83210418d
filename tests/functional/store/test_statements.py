"""What a purchase brought, worked out by hand in one currency of each kind.

The sandbox's prices: 2.9 % and 30 units of a charge, rounded half up, and 1,500 units of a dispute.
"""

import pytest
from sqlalchemy import update

from storefront.models import Album, AlbumPurchase, writing
from storefront.services.store.aftermath.statements import Statement, statements
from storefront.services.store.buyers import Visitor
from storefront.services.store.nets.reconciliation import ALL_TIME
from tests.functional.store.conftest import Till
from tests.support.reconciling import Reconciler

#: Currency -> price, what is refunded of it, and by hand the fee: 9.00 x 2.9 % = 0.261, and 0.30; 1200 x 2.9 % = 34.8,
#: so 35, and 30; 4.500 x 2.9 % = 0.1305, so 0.131, and 0.030.
BY_HAND = {"eur": (900, 300, 56), "jpy": (1200, 500, 65), "kwd": (4500, 1500, 161)}


def of(till: Till, purchase: AlbumPurchase) -> list[Statement]:
    with till.wiring.sessions() as session:
        return statements(session, purchase)


@pytest.mark.parametrize("currency", BY_HAND)
def test_by_hand(till: Till, currency: str) -> None:
    price, refunded, fee = BY_HAND[currency]
    with writing(till.session):
        till.session.execute(update(Album).values(amount=price, currency=currency))
    till.session.refresh(till.album)
    reconciler = Reconciler(till.wiring)

    def buy(name: str) -> AlbumPurchase:
        till.visitor = Visitor.of(None, name * 43)
        return till.buy()

    plain, in_part, lost, won = map(buy, "abcd")
    assert of(till, plain) == []
    till.refund(in_part, refunded)
    [dispute] = till.sandbox.dispute(lost.stripe_charge_id or "")
    till.sandbox.give_up(dispute["id"])
    [dispute] = till.sandbox.dispute(won.stripe_charge_id or "")
    till.sandbox.send_evidence(dispute["id"], "winning_evidence")
    till.sandbox.shift_clock(3600)
    till.stripe.v1.balance.retrieve()  # the bank decides
    reconciler.run(since=ALL_TIME)

    def line(**differs: int) -> list[Statement]:
        nothing = {"refunds": 0, "disputes": 0, "dispute_fees": 0, "other": 0}
        return [Statement(currency=currency, gross=price, fee=fee, **{**nothing, **differs})]

    assert of(till, plain) == line(net=price - fee)
    assert of(till, in_part) == line(refunds=refunded, net=price - fee - refunded)
    assert of(till, lost) == line(disputes=price, dispute_fees=1500, net=-fee - 1500)
    assert of(till, won) == line(net=price - fee)

    found = [statement for purchase in (plain, in_part, lost, won) for statement in of(till, purchase)]
    for one in found:
        assert one.net == one.gross - one.fee - one.refunds - one.disputes - one.dispute_fees + one.other
    assert {currency: sum(one.net for one in found)} == till.sandbox.balance
    assert reconciler.run(since=ALL_TIME, check=True) == []


def test_what_it_comes_to_in_euros(till: Till) -> None:
    """The same in figures: 9.00 paid, 0.56 kept by Stripe, 3.00 given back, 5.44 left."""
    till.refund(till.buy(), 300)
    Reconciler(till.wiring).run()
    [one] = of(till, till.row)
    assert (one.gross, one.fee, one.refunds, one.net) == (900, 56, 300, 544)


def test_a_refund_that_came_back(till: Till) -> None:
    """Its money is with the shop again: 9.00 less 0.56."""
    purchase = till.buy("pm_card_refundFail")
    till.refund(purchase)
    till.sandbox.shift_clock(3600)
    till.stripe.v1.balance.retrieve()
    Reconciler(till.wiring).run()
    [one] = of(till, purchase)
    assert (one.refunds, one.net) == (0, 844)
