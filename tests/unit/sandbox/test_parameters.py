"""What Stripe's own types do not have is refused, and how."""

from typing import Any

import pytest
import stripe
from stripe import params

from storefront.sandbox.errors import StripeError
from storefront.sandbox.form import parse
from storefront.sandbox.parameters import contract

CREATE = contract(params.PaymentIntentCreateParams)
LIST = contract(params.PaymentIntentListParams)
UPDATE = contract(params.PaymentIntentUpdateParams)


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ("amount=1&currency=usd&price=1", "parameter_unknown", "price"),
        ("amount=1&currency=usd&payment_method_data[card][token]=t", "parameter_unknown", "payment_method_data[card]"),
        ("currency=usd", "parameter_missing", "amount"),
        ("amount=1", "parameter_missing", "currency"),
        ("amount=12.5&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=1e3&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=١٢&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=&currency=usd", "parameter_invalid_empty", "amount"),
        (
            "amount=1&currency=usd&payment_method_types[]=card",
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
        ("amount=1&currency=usd&capture_method=later", None, "capture_method"),
        ("amount=1&currency=usd&confirm=yes", None, "confirm"),
        ("amount=1&currency=usd&metadata=order", None, "metadata"),
        ("amount=1&currency=usd&expand=latest_charge", None, "expand"),
        ("amount[a]=1&currency=usd", None, "amount"),
        ("amount=1&amount[a]=1&currency=usd", None, "amount[a]"),
        ("amount=1&currency=usd&" + "&".join(f"metadata[{n}]=a" for n in range(51)), None, "metadata"),
        (f"amount=1&currency=usd&metadata[a]={'x' * 501}", None, "metadata[a]"),
        (f"amount=1&currency=usd&metadata[{'x' * 41}]=a", None, f"metadata[{'x' * 41}]"),
    ],
)
def test_refused(form: str, code: str | None, param: str) -> None:
    with pytest.raises(StripeError) as refused:
        CREATE.read(parse(form))

    assert refused.value.status == 400
    assert (refused.value.fields.get("code"), refused.value.fields["param"]) == (code, param)


def test_typed() -> None:
    form = "amount=1299&currency=usd&confirm=true&metadata[order]=a&expand[]=latest_charge&expand[1]=payment_method"

    assert CREATE.read(parse(form)) == {
        "amount": 1299,
        "currency": "usd",
        "confirm": True,
        "metadata": {"order": "a"},
        "expand": ["latest_charge", "payment_method"],
    }


def test_one_of_several_types() -> None:
    assert LIST.read(parse("created=5")) == {"created": 5}
    assert LIST.read(parse("created[gte]=5&created[lt]=7")) == {"created": {"gte": 5, "lt": 7}}
    assert UPDATE.read(parse("metadata=&receipt_email=")) == {"metadata": "", "receipt_email": ""}


def test_over_http(shop: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Received unknown parameter: price") as refused:
        shop.open(price=1)

    assert (refused.value.http_status, refused.value.code) == (400, "parameter_unknown")


def test_a_parameter_that_the_sandbox_has_no_idea_of_is_not_passed_over(shop: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="does not do what `customer` asks"):
        shop.open(customer="cus_1")
