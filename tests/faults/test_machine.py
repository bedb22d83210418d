"""Tier 2: whatever a buyer, Stripe, the worker and the owner do, in any order, with calls that get lost in between.

Hypothesis chooses, and when something is violated it finds the shortest way there.
https://hypothesis.readthedocs.io/en/latest/stateful.html
"""

from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.faults.chance import Scripted
from tests.faults.people import answer_bank
from tests.faults.profiles import ALL, EVENTS, SETTLING
from tests.faults.runs import find_violations
from tests.faults.scenarios import ASKS, VISA, Stage
from tests.faults.work import the_world

CARDS = st.sampled_from([VISA, ASKS, "pm_card_visa_chargeDeclined", "pm_card_refundFail", "pm_card_createDispute"])
LOSSES = st.sampled_from(["drop_before", "drop_after", "cut", "status_500", "status_500_unsaved", "429", "409"])
CALLS = st.sampled_from([".*", ".*/confirm", ".*/cancel", "/v1/refunds", "/v1/payment_intents/pi_[A-Za-z0-9]+"])


class OneAlbum(RuleBasedStateMachine):
    """One buyer, one album, and everybody's hands on it."""

    @initialize()
    def open_the_shop(self) -> None:
        self.world = the_world()
        self.world.begin(Scripted(), Random(1), ALL)
        self.stage = Stage.of(self.world)

    @property
    def begun(self) -> bool:
        return bool(self.stage.public_id)

    @property
    def charged(self) -> bool:
        return bool(self.world.sandbox.charges)

    @rule(card=CARDS)
    def buy(self, card: str) -> None:
        self.stage.buy(card)

    @precondition(lambda self: self.begun)
    @rule()
    def come_back(self) -> None:
        self.stage.come_back()

    @precondition(lambda self: self.begun)
    @rule()
    def another_card(self) -> None:
        self.stage.cancel()

    @precondition(lambda self: self.begun)
    @rule(outcome=st.sampled_from(["complete", "fail"]))
    def answer_the_bank(self, outcome: str) -> None:
        answer_bank(self.world, self.stage.public_id, outcome)

    @rule()
    def stripe_writes(self) -> None:
        self.stage.deliver()

    @rule(kinds=st.sampled_from([tuple(SETTLING), tuple(EVENTS), ("sweep",)]))
    def worker_works(self, kinds: tuple[str, ...]) -> None:
        self.stage.work(*kinds)

    @rule(seconds=st.sampled_from([1, 15, 130, 700, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.stage.later(seconds)

    @rule(kind=LOSSES, endpoint=CALLS, count=st.integers(1, 4))
    def calls_get_lost(self, kind: str, endpoint: str, count: int) -> None:
        self.world.sandbox.fault(kind, endpoint, count=count)

    @precondition(lambda self: self.charged)
    @rule(amount=st.sampled_from([None, 300]))
    def refund_in_the_dashboard(self, amount: int | None) -> None:
        charge = self.world.sandbox.charges[-1]
        if not charge["disputed"] and charge["amount"] - charge["amount_refunded"] >= (amount or 1):
            with self.world.past_the_shop():
                self.world.sandbox.refund(charge["payment_intent"], amount)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            assert find_violations(self.world, ALL, long=True) == []


TestOneAlbum = OneAlbum.TestCase
TestOneAlbum.settings = settings(
    max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True,
    database=None,
)  # fmt: skip
