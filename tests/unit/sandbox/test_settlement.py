"""A charge reaches the books after the answer that it succeeded."""

from pathlib import Path
from typing import Any

from storefront.sandbox import Server, main
from tests.support.sandbox import Sandbox
from tests.unit.sandbox.conftest import Shop, client_of


def test_unknown_in_the_answer_known_in_the_next(shop: Any) -> None:
    paid = shop.confirm(shop.open(), expand=["latest_charge.balance_transaction"])
    assert paid.latest_charge.balance_transaction is None

    charge = shop.v1.charges.retrieve(paid.latest_charge.id, {"expand": ["balance_transaction"]})
    entry = charge.balance_transaction
    assert (entry.amount, entry.fee, entry.net) == (1299, 68, 1231)  # 37.671 rounded to 38, and 30
    assert sum(detail.amount for detail in entry.fee_details) == entry.fee
    assert shop.events()[-1] == "charge.updated"
    updated = shop.v1.events.list({"type": "charge.updated"}).data[0]
    assert updated.data.previous_attributes.to_dict() == {"balance_transaction": None}
    assert updated.data.object["balance_transaction"] == entry.id
    assert updated.request.to_dict() == {"id": None, "idempotency_key": None}


def test_known_at_once_with_synchronous_capture(shop: Any) -> None:
    paid = shop.confirm(shop.open(capture_method="automatic"), expand=["latest_charge.balance_transaction"])

    assert paid.latest_charge.balance_transaction.net == 1231
    assert "charge.updated" not in shop.events()


def test_nothing_is_booked_of_a_decline(shop: Any) -> None:
    shop.declined(shop.open(), "pm_card_visa_chargeDeclined")

    assert shop.v1.balance_transactions.list().data == []


def test_after_the_delay_of_the_settings(tmp_path: Path) -> None:
    settings = {"sandbox.database": str(tmp_path / "s.sqlite"), "sandbox.settlement_delay": "3600"}
    with Server(main(**settings), 0) as server:
        shop = Shop(Sandbox(server.address), client_of(server.address))
        paid = shop.confirm(shop.open())
        assert shop.v1.charges.retrieve(paid.latest_charge).balance_transaction is None
        shop.sandbox.shift_clock(3601)

        assert shop.v1.charges.retrieve(paid.latest_charge).balance_transaction.startswith("txn_")
