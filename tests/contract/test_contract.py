"""What the sandbox takes and answers, held against Stripe's own types; and that nothing of it went untried.

An outcome is read off the exchange itself: the status, then an intent's state or the error's codes.
"""

import re
from collections import defaultdict
from types import ModuleType
from typing import Any

import pytest

from tests.contract.conftest import Recorder
from tests.contract.flows import Flows

NOT_FOUND = "404 resource_missing"
LISTED = {
    "200",
    "200 expanded",
    "200 has_more",
    "400 parameter_invalid_integer",
    "400 parameter_unknown",
    NOT_FOUND,
}
KEYS = {"401 invalid_request_error", "401 secret_key_required"}
INTENT = "/v1/payment_intents"
#: every endpoint, with every outcome that has to be in the recording
OUTCOMES = {
    ("POST", INTENT): {
        "200 requires_payment_method",
        "200 requires_payment_method replayed",
        "200 requires_confirmation",
        "200 requires_action",
        "200 succeeded",
        "400 amount_too_large",
        "400 amount_too_small",
        "400 idempotency_error",
        "400 invalid_request_error",
        "400 parameter_invalid_empty",
        "400 parameter_invalid_integer",
        "400 parameter_missing",
        "400 parameter_unknown",
        "400 payment_method_types_no_longer_supported",
        "402 card_declined generic_decline",
        "409 idempotency_key_in_use",
        "429 lock_timeout",
        "429 rate_limit",
        "500 api_error",
        *KEYS,
    },
    ("GET", INTENT): LISTED,
    ("GET", f"{INTENT}/{{id}}"): {
        "200 requires_action",
        "200 requires_payment_method expanded",
        "200 succeeded expanded",
        "200 canceled",
        NOT_FOUND,
    },
    ("POST", f"{INTENT}/{{id}}"): {
        "200 requires_payment_method",
        "400 payment_intent_unexpected_state",
        NOT_FOUND,
    },
    ("POST", f"{INTENT}/{{id}}/confirm"): {
        "200 requires_action expanded",
        "200 succeeded expanded",
        "200 succeeded",
        "200 succeeded replayed",
        "400 parameter_unknown",
        "400 payment_intent_unexpected_state",
        "400 token_already_used",
        "402 authentication_required authentication_not_handled",
        "402 card_declined card_velocity_exceeded",
        "402 card_declined fraudulent",
        "402 card_declined generic_decline",
        "402 card_declined generic_decline replayed",
        "402 card_declined insufficient_funds",
        "402 card_declined lost_card",
        "402 card_declined stolen_card",
        "402 expired_card",
        "402 incorrect_cvc",
        "402 processing_error",
        "409 idempotency_key_in_use",
        "429 lock_timeout",
        "429 rate_limit",
        "500 api_error",
        NOT_FOUND,
    },
    ("POST", f"{INTENT}/{{id}}/cancel"): {"200 canceled", "400 payment_intent_unexpected_state", NOT_FOUND},
    ("POST", "/v1/test_helpers/confirmation_tokens"): {
        "200",
        "400 parameter_missing",
        "400 parameter_unknown",
        NOT_FOUND,
    },
    ("GET", "/v1/confirmation_tokens/{id}"): {"200", NOT_FOUND},
    ("POST", "/v1/payment_methods"): {"200", "400 parameter_missing", "402 card_error", NOT_FOUND},
    ("GET", "/v1/payment_methods/{id}"): {"200", NOT_FOUND},
    ("GET", "/v1/charges"): LISTED | KEYS | {"400 invalid_request_error"},
    ("GET", "/v1/charges/{id}"): {"200 succeeded expanded", NOT_FOUND},
    ("POST", "/v1/charges/{id}"): {"200 succeeded", "400 parameter_unknown", NOT_FOUND},
    ("POST", "/v1/refunds"): {
        "200 pending",
        "200 succeeded",
        "200 succeeded expanded",
        "200 succeeded replayed",
        "400 charge_already_refunded",
        "400 charge_disputed",
        "400 idempotency_error",
        "400 invalid_request_error",
        "400 parameter_invalid_integer",
        "400 parameter_unknown",
        NOT_FOUND,
    },
    ("GET", "/v1/refunds"): LISTED,
    ("GET", "/v1/refunds/{id}"): {"200 failed", "200 succeeded expanded", "200 failed expanded", NOT_FOUND},
    ("POST", "/v1/refunds/{id}"): {"200 succeeded", NOT_FOUND},
    ("GET", "/v1/disputes"): LISTED,
    ("GET", "/v1/disputes/{id}"): {
        "200 lost expanded",
        "200 needs_response expanded",
        "200 warning_closed expanded",
        "200 warning_needs_response expanded",
        "200 won expanded",
        NOT_FOUND,
    },
    ("POST", "/v1/disputes/{id}"): {
        "200 needs_response",
        "200 under_review",
        "200 warning_needs_response",
        "200 warning_under_review",
        "400 invalid_request_error",
        "400 parameter_unknown",
        NOT_FOUND,
    },
    ("POST", "/v1/disputes/{id}/close"): {
        "200 lost",
        "200 warning_closed",
        "400 invalid_request_error",
        NOT_FOUND,
    },
    ("GET", "/v1/radar/early_fraud_warnings"): LISTED - {"200 has_more"},
    ("GET", "/v1/radar/early_fraud_warnings/{id}"): {"200 expanded", NOT_FOUND},
    ("GET", "/v1/balance"): {"200"},
    ("POST", "/v1/webhook_endpoints"): {
        "200 enabled",
        "400 invalid_request_error",
        "400 parameter_missing",
        "400 parameter_unknown",
    },
    ("GET", "/v1/webhook_endpoints"): LISTED - {"200 expanded"},
    ("GET", "/v1/webhook_endpoints/{id}"): {"200 enabled", NOT_FOUND},
    ("POST", "/v1/webhook_endpoints/{id}"): {"200 disabled", NOT_FOUND},
    ("DELETE", "/v1/webhook_endpoints/{id}"): {"200", NOT_FOUND},
    ("GET", "/v1/balance_transactions"): LISTED,
    ("GET", "/v1/balance_transactions/{id}"): {"200 pending expanded", NOT_FOUND},
    ("GET", "/v1/events"): (LISTED - {"200 expanded"}) | KEYS,
    ("GET", "/v1/events/{id}"): {"200", NOT_FOUND},
}
EVENTS = {
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.failed",
    "charge.refund.updated",
    "charge.refunded",
    "charge.succeeded",
    "charge.updated",
    "payment_intent.canceled",
    "payment_intent.created",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "radar.early_fraud_warning.created",
    "radar.early_fraud_warning.updated",
    "refund.created",
    "refund.failed",
    "refund.updated",
}
#: the refusals of a request that the contract itself refuses
CONTRACT_REFUSALS = {"parameter_unknown", "payment_method_types_no_longer_supported"}


@pytest.fixture(scope="session")
def recording(recorder: Recorder) -> list[dict[str, Any]]:
    """All flows, once."""
    Flows(recorder.url).run()
    return recorder.exchanges


def outcome(exchange: dict[str, Any]) -> str:
    answer, status = exchange["response"], exchange["status"]
    if "error" in answer:
        error = answer["error"]
        words = [error.get("code", error["type"]), error.get("decline_code", "")]
    else:
        asked = f"{exchange['query']}&{exchange['request_body']}"
        words = [
            answer.get("status", ""),
            "has_more" if answer.get("has_more") else "",
            "expanded" if "expand" in asked else "",
        ]
    replayed = "replayed" if exchange["response_headers"].get("Idempotent-Replayed") else ""
    return " ".join(word for word in [str(status), *words, replayed] if word)


def endpoint(exchange: dict[str, Any]) -> tuple[str, str]:
    """The line of the table that the request belongs to; literal paths win over {id}."""
    for method, path in sorted(OUTCOMES, key=lambda line: line[1].count("{")):
        if method == exchange["method"] and re.fullmatch(path.replace("{id}", "[^/]+"), exchange["path"]):
            return method, path
    raise AssertionError(f"{exchange['method']} {exchange['path']} is not in the table")


def name(exchange: dict[str, Any]) -> str:
    return f"{exchange['method']} {exchange['path']} {outcome(exchange)}"


def test_answers_are_stripes(recording: list[dict[str, Any]], oracle: Any) -> None:
    wrong = []
    for exchange in recording:
        route = oracle.route(exchange["method"], exchange["path"])
        assert route is not None, f"Stripe has no {exchange['method']} {exchange['path']}"
        issues = oracle.check_response(route, exchange["status"], exchange["response"])
        wrong += [f"{name(exchange)}: {issue}" for issue in issues if issue.severity != "NOTE"]

    assert wrong == []


def test_requests_are_stripes(recording: list[dict[str, Any]], oracle: Any) -> None:
    """What the sandbox took is in the contract, and what it refused for its parameters is not."""
    for exchange in recording:
        issues, _ = oracle.check_request(
            exchange["method"], exchange["path"], exchange["query"], exchange["request_body"]
        )
        errors = [issue for issue in issues if issue.severity == "ERROR"]
        if exchange["status"] == 400 and exchange["response"]["error"].get("code") in CONTRACT_REFUSALS:
            assert errors, name(exchange)
        elif exchange["status"] not in (400, 401):
            assert errors == [], name(exchange)


def test_every_endpoint_with_every_outcome(recording: list[dict[str, Any]], recorder: Recorder) -> None:
    seen = defaultdict(set)
    for exchange in recording:
        seen[endpoint(exchange)].add(outcome(exchange))

    assert set(OUTCOMES) == set(recorder.registry.endpoints)
    assert {line: OUTCOMES[line] - seen[line] for line in OUTCOMES if OUTCOMES[line] - seen[line]} == {}


def test_every_event(recording: list[dict[str, Any]], recorder: Recorder, oracle: Any) -> None:
    assert recording
    events = recorder.registry.sandbox.store.select("event")

    assert {event["type"] for event in events} == EVENTS
    assert [f"{event['type']}: {issue}" for event in events for issue in oracle.check_object(event)] == []


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        (f"{INTENT}/.*/confirm", "amount", None),
        (f"{INTENT}/.*/confirm", "status", 5),
        (f"{INTENT}/.*/confirm", "latest_charge", {"object": "charge", "id": "ch_1"}),
        ("/v1/refunds", "amount", None),
        ("/v1/refunds", "balance_transaction", {"object": "charge", "id": "txn_1"}),
        ("/v1/disputes/.*", "balance_transactions", [{"object": "refund", "id": "txn_1"}]),
        ("/v1/disputes/.*", "evidence_details", None),
        ("/v1/radar/early_fraud_warnings/.*", "actionable", "yes"),
        ("/v1/balance", "available", None),
        ("/v1/webhook_endpoints", "enabled_events", "*"),
    ],
)
def test_the_check_can_fail(
    recording: list[dict[str, Any]], oracle: Any, validate: ModuleType, path: str, field: str, value: object
) -> None:
    found = next(x for x in recording if re.fullmatch(path, x["path"]) and x["status"] == 200)
    route = oracle.route(found["method"], found["path"])

    issues = oracle.check_response(route, 200, found["response"] | {field: value})
    assert validate.ERROR in {issue.severity for issue in issues}
