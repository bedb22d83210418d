"""Small situations for one money function, or for two at the same moment: prepared without faults, then played."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Self

from storefront.jobs import Worker
from storefront.money import Money
from storefront.tasks import TASKS
from tests.faults.doors import Doors, Who
from tests.faults.history import Word
from tests.faults.people import Owner, answer_bank
from tests.faults.world import World

ALBUM, PRICE = "low-tide", Money(900, "eur")
VISA, ASKS = "pm_card_visa", "pm_card_threeDSecure2Required"


@dataclass
class Stage:
    """One buyer, and everybody's hands on the same purchase."""

    world: World
    doors: Doors
    who: Who
    public_id: str = ""

    @classmethod
    def of(cls, world: World) -> Self:
        return cls(world, Doors(world), Who("ana", "ana@example.com", "a" * 43, signed_in=True))

    # -- what somebody does

    def buy(self, card: str = VISA) -> None:
        """With a card that is typed in anew."""
        token = self.world.new_token(self.who.name, self.who.email, card)
        word, public_id = self.doors.buy(ALBUM, self.who, PRICE, token)
        self.public_id = public_id or self.public_id
        self.world.tell(self.who.name, word, (token.name,), public_id)

    def come_back(self) -> None:
        self.world.tell(self.who.name, self.doors.come_back(self.public_id, self.who), (), self.public_id)

    def cancel(self) -> None:
        self.world.tell(self.who.name, self.doors.cancel(self.public_id, self.who), (), self.public_id)

    def refund(self) -> None:
        [(payment_id,)] = self.world.disk.ask("SELECT stripe_payment_id FROM album_purchase")
        Owner(self.world, self.doors, Random(1)).refund_here(self.public_id, payment_id, PRICE)

    def deliver(self) -> None:
        """Every message of Stripe's that is due."""
        self.world.sandbox.deliver_due(self.doors.receive)

    def work(self, *kinds: str) -> None:
        """The worker does what is due of these kinds."""
        tasks = {kind: TASKS[kind] for kind in kinds}
        worker = Worker(self.world.wiring.sessions, tasks, self.world.wiring)

        def act() -> Word:
            worker.queue_periodic()
            worker.run_due()
            return Word.NOTHING

        self.doors.visit(self.world.works, act, Word.NOTHING, Word.BROKEN)

    # -- what has happened before

    def paid(self) -> None:
        self.buy()
        self.later(3)

    def unanswered(self) -> None:
        """Paid at Stripe; the shop does not know."""
        self.world.network.loses_answers = True
        self.buy()
        self.world.network.loses_answers = False
        self.later(15)

    def at_the_bank(self) -> None:
        self.buy(ASKS)
        self.later(15)

    def back_from_the_bank(self) -> None:
        self.at_the_bank()
        answer_bank(self.world, self.public_id, "complete")

    def told(self) -> None:
        """Unanswered, and Stripe has written."""
        self.unanswered()
        self.deliver()

    def later(self, seconds: float) -> None:
        self.world.clock.advance(seconds)
        self.world.sandbox.settle_due()


@dataclass(frozen=True)
class Scenario:
    """What has happened, and what happens now."""

    name: str
    before: Callable[[Stage], object]
    now: Callable[[Stage], object]


def nothing(stage: Stage) -> None:
    """The shop is new."""


def _settle(stage: Stage) -> None:
    stage.work("settle_purchase")


def _handle(stage: Stage) -> None:
    stage.work("handle_event")


def _sweep(stage: Stage) -> None:
    stage.later(70)
    stage.work("sweep")


def _mail(stage: Stage) -> None:
    stage.work("send_mail")


#: The money functions: each is made to fail at each of its calls, in each way.
FUNCTIONS = (
    Scenario("purchase", nothing, Stage.buy),
    Scenario("purchase, the bank asks", nothing, lambda stage: stage.buy(ASKS)),
    Scenario("return page", Stage.back_from_the_bank, Stage.come_back),
    Scenario("settle", Stage.unanswered, _settle),
    Scenario("cancel", Stage.at_the_bank, Stage.cancel),
    Scenario("refund", Stage.paid, Stage.refund),
    Scenario("webhook", Stage.unanswered, Stage.deliver),
    Scenario("handle event", Stage.told, _handle),
    Scenario("sweep", Stage.unanswered, _sweep),
    Scenario("mail", Stage.paid, _mail),
)

#: What may meet: a second request, Stripe's message, the return page, the sweeper, the settling job, a refund.
HANDS: dict[str, Callable[[Stage], object]] = {
    "request": Stage.buy,
    "event": _handle,
    "return page": Stage.come_back,
    "cancel": Stage.cancel,
    "sweeper": _sweep,
    "settling job": _settle,
    "refund": Stage.refund,
}
MEETINGS = (
    ("request", "request", nothing),
    ("request", "cancel", Stage.at_the_bank),
    ("request", "settling job", Stage.unanswered),
    ("event", "return page", Stage.told),
    ("event", "sweeper", Stage.told),
    ("event", "settling job", Stage.told),
    ("event", "cancel", Stage.told),
    ("event", "refund", Stage.told),
    ("return page", "return page", Stage.back_from_the_bank),
    ("return page", "sweeper", Stage.back_from_the_bank),
    ("return page", "cancel", Stage.back_from_the_bank),
    ("return page", "settling job", Stage.back_from_the_bank),
    ("sweeper", "cancel", Stage.at_the_bank),
    ("sweeper", "sweeper", Stage.unanswered),
    ("refund", "refund", Stage.paid),
    ("refund", "event", Stage.paid),
    ("refund", "request", Stage.paid),
)
