"""A card's issuer takes a charge for fraud, before there is a dispute."""

from typing import Any

import pytest

KIND = "radar.early_fraud_warning"


def warned(till: Any) -> Any:
    till.pay("createIssuerFraudRecord")
    till.pass_time(6)
    return till.v1.radar.early_fraud_warnings.list().data[0]


def test_warned(till: Any) -> None:
    warning = warned(till)

    assert (warning.actionable, warning.fraud_type) == (True, "unauthorized_use_of_card")
    charge = till.v1.charges.retrieve(warning.charge)
    assert (charge.payment_intent, charge.disputed, charge.refunded) == (warning.payment_intent, False, False)
    assert till.events(KIND) == [f"{KIND}.created"]
    assert till.v1.radar.early_fraud_warnings.retrieve(warning.id, {"expand": ["charge"]}).charge.id == charge.id


@pytest.mark.parametrize("what", ["refunded", "disputed", "partly"])
def test_until_there_is_nothing_to_be_done(till: Any, what: str) -> None:
    warning = warned(till)
    if what == "disputed":
        till.sandbox.dispute(warning.charge)
    else:
        till.sandbox.refund(warning.payment_intent, 100 if what == "partly" else None)

    found = till.v1.radar.early_fraud_warnings.retrieve(warning.id)
    assert found.actionable is (what == "partly")
    assert till.events(KIND)[1:] == ([] if what == "partly" else [f"{KIND}.updated"])


def test_told_once(till: Any) -> None:
    warning = warned(till)
    till.sandbox.dispute(warning.charge)
    till.sandbox.dispute(warning.charge)

    assert till.events(KIND) == [f"{KIND}.created", f"{KIND}.updated"]


def test_lists(till: Any) -> None:
    warning = warned(till)
    other = till.sandbox.warn_of_fraud(till.pay().latest_charge.id)["id"]
    resource = till.v1.radar.early_fraud_warnings

    def ids(**params: Any) -> list[str]:
        return [found.id for found in resource.list(params).data]

    assert ids() == [other, warning.id]
    assert ids(charge=warning.charge) == ids(payment_intent=warning.payment_intent) == [warning.id]


def test_after_the_money_went_back(till: Any) -> None:
    paid = till.pay()
    till.sandbox.refund(paid.id)

    assert till.sandbox.warn_of_fraud(paid.latest_charge.id)["actionable"] is False
