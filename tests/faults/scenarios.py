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
from tests.faults.profiles import SETTLING, SWEEP, WITHOUT_LISTS, Profile
from tests.faults.world import World

ALBUM, PRICE = "low-tide", Money(900, "eur")
VISA, ASKS, DECLINED = "pm_card_visa", "pm_card_threeDSecure2Required", "pm_card_visa_chargeDeclined"


@dataclass
class Stage:
    """One buyer, and everybody's hands on the same purchase."""

    world: World
    doors: Doors
    who: Who
    public_id: str = ""
    #: The names on the cards that were typed in.
    cards: tuple[str, ...] = ()

    @classmethod
    def of(cls, world: World) -> Self:
        return cls(world, Doors(world), Who("ana", "ana@example.com", "a" * 43, signed_in=True))

    # -- what somebody does

    def buy(self, card: str = VISA) -> None:
        """With a card that is typed in anew."""
        token = self.world.new_token(self.who.name, self.who.email, card)
        word, public_id = self.doors.buy(ALBUM, self.who, PRICE, token)
        self.public_id = public_id or self.public_id
        self.cards = (*self.cards, token.name)
        self.world.tell(self.who.name, word, (token.name,), public_id)

    def come_back(self) -> None:
        self._ask(self.doors.come_back)

    def cancel(self) -> None:
        self._ask(self.doors.cancel)

    def _ask(self, door: Callable[[str, Who], Word]) -> None:
        """About the purchase that there is now: the other tab may make a new one meanwhile."""
        public_id, cards = self.public_id, self.cards
        self.world.tell(self.who.name, door(public_id, self.who), cards, public_id)

    def refund(self) -> None:
        [(payment_id,)] = self.world.disk.ask("SELECT stripe_payment_id FROM album_purchase")
        Owner(self.world, self.doors, Random(1)).refund_here(self.public_id, payment_id, PRICE)

    def refund_at_stripe(self) -> None:
        """A third of it, in the dashboard; and Stripe writes."""
        [(payment_id,)] = self.world.disk.ask("SELECT stripe_payment_id FROM album_purchase")
        with self.world.past_the_shop():
            self.world.sandbox.client().v1.refunds.create({"payment_intent": payment_id, "amount": 300})
        self.deliver()

    def ends_at_the_bank(self) -> None:
        """The buyer looks how it stands, and then says yes to the bank."""
        if self.public_id:
            self.come_back()
            answer_bank(self.world, self.public_id, "complete")

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
        self.world.network.silent = True
        self.buy()
        self.world.network.silent = False
        assert self.world.disk.ask("SELECT state FROM album_purchase") == [("confirming",)]
        self.later(15)

    def at_the_bank(self) -> None:
        self.buy(ASKS)
        self.later(15)

    def back_from_the_bank(self) -> None:
        self.at_the_bank()
        answer_bank(self.world, self.public_id, "complete")

    def given_back_in_part(self) -> None:
        """In Stripe's dashboard, a third of it; one more message of that is not looked at yet."""
        self.paid()
        for _ in range(2):
            self.deliver()
            self.work(*SETTLING, "handle_event")
            self.later(600)
        self.refund_at_stripe()
        self.work("handle_event")
        with self.world.past_the_shop():
            refunds = self.world.sandbox.client().v1.refunds
            refunds.update(refunds.list().data[0].id, {"metadata": {"told": "again"}})
        self.deliver()

    def declined_often(self) -> None:
        """By somebody else's hand as well: the card has to rest."""
        self.buy(DECLINED)
        self.world.disk.own.execute(
            "INSERT INTO counted_try (subject, at) SELECT subject, at FROM counted_try, "
            "(VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9)) WHERE subject LIKE 'decline card %'"
        )

    def declined_and_made_cheaper(self) -> None:
        """By somebody with the keys, past the shop."""
        self.buy(DECLINED)
        Owner(self.world, self.doors, Random(1)).change_an_amount()

    def swept(self) -> None:
        """Paid, and the sweeper has found it."""
        self.buy()
        self.later(70)
        self.work("sweep")

    def declined_at_another_account(self) -> None:
        self.buy(DECLINED)
        self.deliver()
        self.work("handle_event")
        self.changes_keys()

    def unanswered_at_another_account(self) -> None:
        self.unanswered()
        self.changes_keys()

    def changes_keys(self) -> None:
        """The owner takes the keys of another account: Stripe does not know a payment any more."""
        self.world.history.keys_changed = True
        self._rename_payments()

    def has_the_right_keys_again(self) -> None:
        """For what was not ended meanwhile."""
        if self.world.disk.ask("SELECT 1 FROM album_purchase WHERE state = 'confirming'"):
            self._rename_payments()

    def _rename_payments(self) -> None:
        self.world.disk.own.execute(
            "UPDATE album_purchase SET stripe_payment_id = iif(stripe_payment_id LIKE 'pi_another%', "
            "replace(stripe_payment_id, 'pi_another', 'pi_'), replace(stripe_payment_id, 'pi_', 'pi_another'))"
        )

    def restored(self) -> None:
        """The disk was lost, and a backup put in its place; the lists were not gone through yet."""
        self.world.disk.back_up(self.world.clock.true)
        self.world.come_back_from(*self.world.disk.backups[-1])

    def told(self) -> None:
        """Unanswered, and Stripe has written."""
        self.unanswered()
        self.deliver()

    def later(self, seconds: float) -> None:
        self.world.clock.advance(seconds)
        self.world.sandbox.settle_due()


def nothing(stage: Stage) -> None:
    """The shop is new, or its day is over."""


@dataclass(frozen=True)
class Scenario:
    """What has happened, and what happens now."""

    name: str
    before: Callable[[Stage], object]
    now: Callable[[Stage], object]
    #: What happens next, when nothing goes wrong any more.
    after: Callable[[Stage], object] = nothing
    profile: Profile = WITHOUT_LISTS


@dataclass(frozen=True)
class Meeting:
    """Two hands on one purchase, by their names in HANDS."""

    first: str
    second: str
    before: Callable[[Stage], object] = nothing
    after: Callable[[Stage], object] = nothing


def _settle(stage: Stage) -> None:
    stage.work("settle_purchase")


def _settle_late(stage: Stage) -> None:
    stage.later(15)
    stage.work("settle_purchase")


def _refund_and_handle(stage: Stage) -> None:
    stage.refund_at_stripe()
    stage.work("handle_event")


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
    Scenario("purchase after a restore", Stage.restored, Stage.buy),
    Scenario("purchase with a card that rests", Stage.declined_often, lambda stage: stage.buy(DECLINED)),
    Scenario(
        "purchase, of which Stripe does not know",
        Stage.declined_at_another_account,
        Stage.buy,
        Stage.has_the_right_keys_again,
    ),
    Scenario(
        "settle what Stripe does not know", Stage.unanswered_at_another_account, _settle, Stage.has_the_right_keys_again
    ),
    Scenario("purchase of what was made cheaper", Stage.declined_and_made_cheaper, Stage.buy),
    Scenario("refund, and the sweeper alone", Stage.swept, Stage.refund, profile=SWEEP),
)

#: What may meet: a second request, Stripe's message, the return page, the sweeper, the settling job, a refund.
HANDS: dict[str, Callable[[Stage], object]] = {
    "request": Stage.buy,
    "request, the bank asks": lambda stage: stage.buy(ASKS),
    "event": _handle,
    "refund at Stripe and its event": _refund_and_handle,
    "return page": Stage.come_back,
    "cancel": Stage.cancel,
    "sweeper": _sweep,
    "settling job": _settle,
    "settling job, late": _settle_late,
    "refund": Stage.refund,
}
MEETINGS = (
    Meeting("request", "request"),
    Meeting("request, the bank asks", "settling job, late", after=Stage.ends_at_the_bank),
    Meeting("request", "cancel", Stage.at_the_bank),
    Meeting("request", "settling job", Stage.unanswered),
    Meeting("event", "return page", Stage.told),
    Meeting("event", "sweeper", Stage.told),
    Meeting("event", "settling job", Stage.told),
    Meeting("event", "cancel", Stage.told),
    Meeting("event", "refund", Stage.told),
    Meeting("event", "refund at Stripe and its event", Stage.given_back_in_part),
    Meeting("return page", "return page", Stage.back_from_the_bank),
    Meeting("return page", "sweeper", Stage.back_from_the_bank),
    Meeting("return page", "cancel", Stage.back_from_the_bank),
    Meeting("return page", "settling job", Stage.back_from_the_bank),
    Meeting("sweeper", "cancel", Stage.at_the_bank),
    Meeting("sweeper", "sweeper", Stage.unanswered),
    Meeting("refund", "refund", Stage.paid),
    Meeting("refund", "event", Stage.paid),
    Meeting("refund", "request", Stage.paid),
)
