"""What the shop's own processor sends on every way through a purchase, held against Stripe's own types."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from storefront.links import Links
from storefront.money import Money
from storefront.payments import CreditCardProcessor
from storefront.payments.credit_card_processor import PAYMENT_METHOD_TYPES
from storefront.payments.errors import PaymentRefused
from storefront.payments.results import PaymentStatus
from storefront.services.shop.disputes.fields import FIELDS
from tests.contract.conftest import Recorder
from tests.support.sandbox import Sandbox

PRICE = Money(900, "eur")
PARAMS = {
    "amount": PRICE.amount,
    "currency": PRICE.currency,
    "allowed_payment_method_types": list(PAYMENT_METHOD_TYPES),
    "description": "Album: Field Notes 野帳",
    "statement_descriptor_suffix": "MUSIC",
    "metadata": {"order": "0" * 32, "album": "1" * 32, "edition": "2" * 32, "account": "", "buyer_key": "browser:3"},
}


class Register:
    """The shop's processor in front of the recorded sandbox."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.sandbox = Sandbox(recorder.url)
        self.processor = CreditCardProcessor(
            "sk_test_sandbox_shop",
            "pk_test_sandbox_shop",
            webhook_secrets=["whsec_sandbox_shop"],
            api_base=recorder.url,
            stripe_js_url=f"{recorder.url}/endive/stripe.js",
        )

    def open(self, key: str) -> str:
        return self.processor.open_payment(PARAMS, key)

    def complete(self, payment_id: str, card: str, key: str) -> PaymentStatus:
        result = self.processor.complete_stripe_purchase(
            self.sandbox.token(card),
            PRICE,
            payment_id=payment_id,
            key=key,
            return_url=Links("https://music.example.com").payment_return("0" * 32),
        )
        return result.status


@pytest.fixture(scope="module")
def exchanges(recorder: Recorder) -> list[dict[str, Any]]:
    """Everything that the processor can be asked to do, with each of its outcomes."""
    before = len(recorder.exchanges)
    register = Register(recorder)
    paid, asked, declined = (register.open(f"shop-{n}") for n in range(3))
    assert register.open("shop-0") == paid
    assert register.complete(paid, "pm_card_visa", "confirm-0") == PaymentStatus.SUCCEEDED
    assert register.complete(asked, "pm_card_threeDSecure2Required", "confirm-1") == PaymentStatus.ACTION_REQUIRED
    assert register.complete(declined, "pm_card_visa_chargeDeclined", "confirm-2") == PaymentStatus.DECLINED
    assert register.processor.find_payment(paid).fee is not None
    assert register.processor.cancel_payment(asked).status == PaymentStatus.CANCELED
    with pytest.raises(PaymentRefused):
        register.processor.cancel_payment(paid)
    with pytest.raises(PaymentRefused):
        register.complete(paid, "pm_card_visa", "confirm-3")
    return sent_since(recorder, before)


@pytest.fixture(scope="module")
def looked_up(recorder: Recorder) -> list[dict[str, Any]]:
    """What the processor asks after a payment: money back, what became of a charge, and everything of a time."""
    register = Register(recorder)
    processor, records = register.processor, register.processor.records
    paid = register.open("looked-up")
    register.complete(paid, "pm_card_refundFail", "confirm-looked-up")
    charge = processor.find_payment(paid).charge_id
    assert charge is not None
    before = len(recorder.exchanges)
    refund = processor.refund(paid, Money(300, "eur"), key="r" * 32, reference="r" * 32, reason="requested_by_customer")
    with pytest.raises(PaymentRefused):
        processor.refund(paid, Money(1000, "eur"), key="s" * 32, reference="s" * 32)
    register.sandbox.shift_clock(60)
    [dispute] = register.sandbox.dispute(charge)
    warning = register.sandbox.warn_of_fraud(charge)["id"]
    aftermath = records.find_aftermath(charge)
    assert ([found.status for found in aftermath.refunds], len(aftermath.bookings)) == (["failed"], 4)
    assert ([found.dispute_id for found in aftermath.disputes], aftermath.fraud_warnings) == (
        [dispute["id"]],
        (warning,),
    )
    assert {records.find_charge_of(found) for found in (refund.refund_id, dispute["id"], warning)} == {charge}
    assert records.find_charge(charge).payment_id == records.find_intent(paid).payment_id == paid
    since, until = datetime.fromtimestamp(0, UTC), datetime.now(UTC) + timedelta(days=1)
    for between in (
        records.payments_between,
        records.charges_between,
        records.refunds_between,
        records.disputes_between,
        records.fraud_warnings_between,
        records.bookings_between,
    ):
        assert list(between(since, until))
    assert records.balance() == register.sandbox.balance
    return sent_since(recorder, before)


@pytest.fixture(scope="module")
def answered(recorder: Recorder) -> list[dict[str, Any]]:
    """What the processor answers to disputes: evidence, and again under its key, giving up, and what comes too late."""
    register = Register(recorder)
    processor = register.processor
    disputes = []
    for number in range(2):
        paid = register.open(f"answered-{number}")
        register.complete(paid, "pm_card_visa", f"confirm-answered-{number}")
        disputes += register.sandbox.dispute(processor.find_payment(paid).charge_id or "")
    contested, accepted = (dispute["id"] for dispute in disputes)
    before = len(recorder.exchanges)
    texts = {field.name: "1" for field in FIELDS}
    for _ in range(2):
        sent = processor.send_evidence(contested, texts, key="e" * 32)
        assert (sent.status, sent.submissions) == ("under_review", 1)
    assert processor.accept_dispute(accepted, key="a" * 32).status == "lost"
    for late in (
        lambda: processor.accept_dispute(accepted, key="b" * 32),
        lambda: processor.send_evidence(accepted, texts, key="c" * 32),
        lambda: processor.send_evidence(contested, {"product_description": "x" * 20_001}, key="d" * 32),
    ):
        with pytest.raises(PaymentRefused):
            late()
    return sent_since(recorder, before)


def sent_since(recorder: Recorder, before: int) -> list[dict[str, Any]]:
    """What was sent, without the tests' own tokens."""
    return [x for x in recorder.exchanges[before:] if "test_helpers" not in x["path"]]


@pytest.mark.parametrize("part", ["exchanges", "looked_up", "answered"])
def test_stripe_would_take_every_request(part: str, oracle: Any, request: pytest.FixtureRequest) -> None:
    wrong = []
    for exchange in request.getfixturevalue(part):
        issues, _ = oracle.check_request(
            exchange["method"], exchange["path"], exchange["query"], exchange["request_body"]
        )
        wrong += [f"{exchange['path']}: {issue}" for issue in issues if issue.severity != "NOTE"]
    assert wrong == []


def test_the_ways_that_were_taken(exchanges: list[dict[str, Any]]) -> None:
    """Create twice under one key, retrieve, cancel and refuse to, confirm with each of its ends."""
    assert sorted((x["method"], x["path"].rsplit("/", 1)[-1].partition("_")[0], x["status"]) for x in exchanges) == [
        ("GET", "pi", 200),
        ("POST", "cancel", 200),
        ("POST", "cancel", 400),
        ("POST", "confirm", 200),
        ("POST", "confirm", 200),
        ("POST", "confirm", 400),
        ("POST", "confirm", 402),
        ("POST", "payment", 200),
        ("POST", "payment", 200),
        ("POST", "payment", 200),
        ("POST", "payment", 200),
    ]


def test_no_card_is_in_what_the_shop_sends(exchanges: list[dict[str, Any]]) -> None:
    names = {name for x in exchanges for name, _ in parse_qsl(x["request_body"])}
    assert not [name for name in names if "card" in name or "payment_method_data" in name]
    assert {"confirmation_token", "amount_to_confirm", "return_url", "expand[0]"} <= names


def test_everything_that_is_looked_up(looked_up: list[dict[str, Any]]) -> None:
    asked = {(x["method"], re.sub(r"/(ch|pi|re|du|issfr)_[A-Za-z0-9]+", "/{id}", x["path"])) for x in looked_up}
    assert asked == {
        ("POST", "/v1/refunds"),
        *(("GET", f"/v1/{name}") for name in ("payment_intents", "charges", "refunds", "disputes")),
        *(("GET", f"/v1/{name}/{{id}}") for name in ("payment_intents", "charges", "refunds", "disputes")),
        ("GET", "/v1/radar/early_fraud_warnings"),
        ("GET", "/v1/radar/early_fraud_warnings/{id}"),
        ("GET", "/v1/balance_transactions"),
        ("GET", "/v1/balance"),
    }
    assert {x["response_headers"].get("Idempotency-Key") for x in looked_up if x["method"] == "POST"} == {
        "r" * 32,
        "s" * 32,
    }


def test_what_is_answered_to_a_dispute(answered: list[dict[str, Any]]) -> None:
    """Every field of the desk's form, sent for good, under the key of the wish."""
    made = [(x["path"].rpartition("/")[2].partition("_")[0], x["status"]) for x in answered]
    assert made == [("du", 200), ("du", 200), ("close", 200), ("close", 400), ("du", 400), ("du", 400)]
    first = dict(parse_qsl(answered[0]["request_body"]))
    assert first == {"submit": "true", **{f"evidence[{field.name}]": "1" for field in FIELDS}}
    assert [x["response_headers"]["Idempotency-Key"] for x in answered[:3]] == ["e" * 32, "e" * 32, "a" * 32]
    assert parse_qsl(answered[2]["request_body"]) == []
