"""A charge can be written about, and shows its refunds when it is asked for them."""

from typing import Any


def test_written_about(till: Any) -> None:
    charge = till.pay().latest_charge
    till.sandbox.settle_due()
    changed = till.v1.charges.update(
        charge.id,
        {
            "description": "Album: Low Tide",
            "metadata": {"order": "7"},
            "fraud_details": {"user_report": "safe"},
            "receipt_email": "mara@shop.example",
        },
    )

    assert (changed.description, changed.metadata.to_dict()) == ("Album: Low Tide", {"order": "7"})
    assert (changed.fraud_details.user_report, changed.receipt_email) == ("safe", "mara@shop.example")
    assert till.v1.charges.retrieve(charge.id).description == "Album: Low Tide"
    event = till.v1.events.list({"type": "charge.updated"}).data[0]
    assert event.data.previous_attributes.to_dict() == {
        "description": None,
        "metadata": {},
        "fraud_details": {},
        "receipt_email": None,
    }


def test_metadata_goes_name_by_name(till: Any) -> None:
    charge = till.pay().latest_charge
    till.v1.charges.update(charge.id, {"metadata": {"a": "1", "b": "2"}})

    assert till.v1.charges.update(charge.id, {"metadata": {"a": ""}}).metadata.to_dict() == {"b": "2"}
    event = till.v1.events.list({"type": "charge.updated"}).data[0]
    assert event.data.previous_attributes.to_dict() == {"metadata": {"a": "1", "b": "2"}}


def test_its_refunds_when_asked_for(till: Any) -> None:
    paid = till.pay()
    ids = [till.sandbox.refund(paid.id, 10)["id"] for _ in range(11)]
    charge = till.v1.charges.retrieve(paid.latest_charge.id)
    assert not hasattr(charge, "refunds")

    path = "latest_charge.refunds.data.balance_transaction"
    shown = till.v1.payment_intents.retrieve(paid.id, {"expand": [path]}).latest_charge.refunds
    assert ([found.id for found in shown.data], shown.has_more) == (ids[:0:-1], True)
    assert shown.url == f"/v1/charges/{charge.id}/refunds"
    assert {found.balance_transaction.net for found in shown.data} == {-10}
