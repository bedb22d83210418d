"""The sandbox in the calling thread: Stripe's real client above it, ids from a seed, hooks and faults."""

from pathlib import Path
from typing import Any

import pytest
import stripe
import time_machine

from tests.support.in_process import WEBHOOK_SECRET, Answered, InProcessSandbox, Sent, lost_connection
from tests.unit.sandbox.conftest import SALE

CONFIRM = ".*/confirm"


@pytest.fixture
def here(tmp_path: Path) -> InProcessSandbox:
    return InProcessSandbox(tmp_path / "sandbox.sqlite", settlement_delay=0)


def confirm(sandbox: InProcessSandbox, *, retries: int = 0, card: str = "pm_card_visa") -> Any:
    v1: Any = sandbox.client(retries=retries).v1
    made = len(sandbox.ledger()["payment_intents"])
    intent = v1.payment_intents.create(SALE, {"idempotency_key": f"create {made}"})
    return v1.payment_intents.confirm(
        intent.id, {"confirmation_token": sandbox.token(card)}, {"idempotency_key": f"confirm {intent.id}"}
    )


def sends(sandbox: InProcessSandbox) -> list[str]:
    return [r["fault"] for r in sandbox.ledger()["requests"] if r["path"].endswith("/confirm")]


def test_paid_and_declined(here: InProcessSandbox) -> None:
    assert confirm(here).status == "succeeded"
    with pytest.raises(stripe.CardError) as refused:
        confirm(here, card="pm_card_visa_chargeDeclined")
    assert refused.value.error.payment_intent.status == "requires_payment_method"


@time_machine.travel(1_800_000_000, tick=False)
def test_the_same_seed_gives_the_same_run(tmp_path: Path) -> None:
    def run(name: str, seed: str) -> Any:
        sandbox = InProcessSandbox(tmp_path / name, seed=seed)
        confirm(sandbox)
        return sandbox.ledger()

    assert run("a", "7") == run("b", "7") != run("c", "8")


@time_machine.travel(1_800_000_000, tick=False)
def test_emptied_is_as_good_as_new(here: InProcessSandbox) -> None:
    def run(seed: str | None = None) -> Any:
        here.reset(seed)
        confirm(here)
        return here.ledger()["charges"]

    assert run() == run() != run("8")


def test_a_sandbox_that_is_opened_again_makes_other_ids(here: InProcessSandbox) -> None:
    def open_intent(sandbox: InProcessSandbox) -> str:
        intent: Any = sandbox.client().v1.payment_intents.create(SALE)  # type: ignore[arg-type]
        return str(intent.id)

    first = open_intent(here)
    assert open_intent(InProcessSandbox(here.service.settings.database)) != first


def test_the_time_is_the_systems(here: InProcessSandbox) -> None:
    with time_machine.travel(1_900_000_000, tick=False):
        assert confirm(here).created == 1_900_000_000


@pytest.mark.parametrize(
    ("kind", "sent", "charges"),
    [("drop_before", 3, 0), ("drop_after", 3, 1), ("cut", 1, 1), ("status_500_unsaved", 3, 0)],
)
def test_stripes_client_sends_again_where_it_may(here: InProcessSandbox, kind: str, sent: int, charges: int) -> None:
    here.fault(kind, CONFIRM, count=3)
    with pytest.raises((stripe.APIConnectionError, stripe.APIError)):
        confirm(here, retries=2)

    assert sends(here) == [kind] * sent
    assert len(here.ledger()["charges"]) == charges


def test_a_request_that_arrives_later_than_the_shop_waited(here: InProcessSandbox) -> None:
    held: list[Sent] = []

    def hold(sent: Sent) -> None:
        if sent.path.endswith("/confirm"):
            held.append(sent)
            lost_connection()

    here.before_request = hold
    with pytest.raises(stripe.APIConnectionError):
        confirm(here)
    assert here.ledger()["charges"] == []
    assert held[0].form["confirmation_token"].startswith("ctoken_")
    assert held[0].idempotency_key == f"confirm {held[0].path.split('/')[3]}"

    assert here.perform(held[0]).json["status"] == "succeeded"


class Crash(BaseException):
    """The shop's process ends here."""


def test_a_crash_after_stripe_answered(here: InProcessSandbox) -> None:
    def crash(sent: Sent, answered: Answered) -> None:
        if answered.status == 200 and sent.path.endswith("/confirm"):
            raise Crash

    here.after_request = crash
    with pytest.raises(Crash):
        confirm(here)
    assert len(here.ledger()["charges"]) == 1


def test_the_bank_is_answered(here: InProcessSandbox) -> None:
    asked = confirm(here, card="pm_card_threeDSecure2Required")
    here.answer_bank(asked.id)

    v1: Any = here.client().v1
    assert v1.payment_intents.retrieve(asked.id).status == "succeeded"


def test_webhooks_one_by_one(here: InProcessSandbox) -> None:
    confirm(here)
    heard: list[str] = []

    def receiver(body: bytes, signature: str) -> int:
        heard.append(stripe.Webhook.construct_event(body.decode(), signature, WEBHOOK_SECRET).type)
        return 200

    assert here.deliver_next(receiver)
    assert heard == ["payment_intent.created"]
    assert here.deliver_due(receiver) == 3
    assert heard[1:] == ["charge.succeeded", "payment_intent.succeeded", "charge.updated"]
    assert not here.deliver_next(receiver)


def test_a_crash_while_a_webhook_is_taken_is_no_answer(here: InProcessSandbox) -> None:
    here.client().v1.payment_intents.create(SALE)  # type: ignore[arg-type]

    def crash(body: bytes, signature: str) -> int:
        raise Crash

    with pytest.raises(Crash):
        here.deliver_next(crash)
    [delivery] = here.ledger()["deliveries"]
    assert (delivery["attempts"], delivery["delivered"], delivery["last_status"]) == (1, 0, None)
    assert delivery["due"] is not None
