"""Who acts: customers, their banks, the shop's owner, a cheat, Stripe's own clerks, and the shop's worker."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from random import Random

from sqlalchemy import select, update
from stripe import StripeError

from storefront.jobs import Lane, Task, Worker
from storefront.models import Album, AlbumPurchase, AlbumState, writing
from storefront.money import Money
from storefront.services.shop.audit import Actor
from storefront.services.store.aftermath import refunds
from storefront.services.store.errors import RefundError
from tests.faults.doors import Doors, Who
from tests.faults.history import Token, Word
from tests.faults.kinds import Kind
from tests.faults.world import ALBUMS, World

GOOD = "pm_card_visa"
DECLINED = ("pm_card_visa_chargeDeclined", "pm_card_visa_chargeDeclinedInsufficientFunds", "pm_card_radarBlock")
ASKING = (
    "pm_card_threeDSecure2Required",
    "pm_card_threeDSecureRequiredChargeDeclined",
    "pm_card_authenticationRequired",
)
#: The buyer's bank comes back later.
TROUBLE = (
    "pm_card_createDispute",
    "pm_card_createDisputeProductNotReceived",
    "pm_card_createDisputeInquiry",
    "pm_card_createIssuerFraudRecord",
)
REFUNDS = ("pm_card_pendingRefund", "pm_card_refundFail")
#: How long people think, in seconds.
THOUGHTS = (0.2, 1, 4, 15, 60, 150, 700)


@dataclass
class Tab:
    """Of a browser: it shows the answer to its last post alone, and none can be sent from a page that it has left."""

    posts: int = 0
    waits: bool = True


@dataclass
class Customer:
    """Wants one album, and behaves as people do."""

    world: World
    doors: Doors
    who: Who
    album: str
    random: Random
    #: Names on the cards whose posts have all come to an end, one way or the other.
    ended: list[str] = field(default_factory=list)
    #: Those that have not, by the name on the card: a double click has two of one card.
    on_their_way: Counter[str] = field(default_factory=Counter)
    patience: int = 2

    def live(self) -> None:
        """The whole visit."""
        self.world.history.on_rewind.append(self.ended.clear)
        for _ in range(self.patience):
            self._think()
            if self._buy() in (Word.PAID, Word.CLOSED, Word.NOT_FOUND):
                return

    def _think(self) -> None:
        self.world.scheduler.sleep(self.random.choice(THOUGHTS))

    def _happens(self, kind: Kind) -> bool:
        return self.world.scheduler.happens(kind)

    def _tell(self, word: Word, public_id: str | None, *tokens: str) -> Word:
        self.world.tell(self.who.name, word, tokens, public_id)
        return word

    def _buy(self) -> Word:
        word, price, public_id = self.doors.open_form(self.album, self.who)
        self._tell(word, public_id)
        if word is not Word.FORM or price is None:
            return self._follow(word, public_id)
        token = self._card()
        tab = Tab()
        if self._happens(Kind.DOUBLE_CLICK):
            self._meanwhile("double click", lambda: tab.waits and self._post(price, token, tab))
        if self._happens(Kind.TWO_TABS):
            other = self._card()
            self._meanwhile("other tab", lambda: self._post(price, other, Tab()))
        return self._follow(*self._post(price, token, tab))

    def _meanwhile(self, what: str, act: Callable[[], object]) -> None:
        self.world.scheduler.spawn(f"{self.who.name}, {what}", act, after=self.random.choice((0, 0, 0.3)))

    def _card(self) -> Token:
        kind = self.random.random()
        card = GOOD
        if kind < 0.16:
            card = self.random.choice(DECLINED)
        elif kind < 0.6:
            card = self.random.choice(ASKING)
        elif self._happens(Kind.DISPUTE):
            card = self.random.choice(TROUBLE)
        elif kind < 0.68:
            card = self.random.choice(REFUNDS)
        return self.world.new_token(self.who.name, self.who.email, card)

    def _post(self, price: Money, token: Token, tab: Tab) -> tuple[Word, str | None]:
        """What the page says that comes; nothing, where the tab has posted again meanwhile and awaits that answer."""
        tab.posts += 1
        post = tab.posts
        self.on_their_way[token.name] += 1
        word, public_id = self.doors.buy(self.album, self.who, price, token)
        self.on_their_way[token.name] -= 1
        if not self.on_their_way[token.name]:
            self.ended.append(token.name)
        if post < tab.posts:
            return Word.NOTHING, public_id
        tab.waits = False
        # An error's page speaks of this card; the purchase's page, of all that was tried.
        speaks_of = (token.name,) if public_id is None else tuple(self.ended)
        return self._tell(word, public_id, *speaks_of), public_id

    def _follow(self, word: Word, public_id: str | None) -> Word:
        """Looks what becomes of it."""
        for _ in range(5):
            if word is Word.PAID and public_id is not None:
                self._enjoy(public_id)
            if word in (Word.PAID, Word.NOT_CHARGED, Word.CLOSED, Word.NOT_FOUND, Word.FORM):
                return word
            if self._happens(Kind.TAB_CLOSED):
                return Word.NOTHING
            if public_id is None:
                return word  # nothing came of it that the browser knows: begin anew
            if word is Word.ASK_BANK:
                word = self._ask_bank(public_id)
            elif self.random.random() < 0.15:
                self._think()
                word = self._tell(self.doors.cancel(public_id, self.who), public_id, *self.ended)
            else:
                self._think()
                look = self.doors.come_back if self.random.random() < 0.3 else self.doors.look
                word = self._tell(look(public_id, self.who), public_id, *self.ended)
        return word

    def _ask_bank(self, public_id: str) -> Word:
        if self._happens(Kind.BANK_NEVER):
            return Word.NOTHING
        late = self._happens(Kind.BANK_LATE)
        self.world.scheduler.sleep(self.random.choice((900, 3000, 3700, 9000) if late else THOUGHTS))
        answer_bank(self.world, public_id, "fail" if self.random.random() < 0.2 else "complete")
        if self._happens(Kind.TAB_CLOSED):
            return Word.NOTHING
        return self._tell(self.doors.come_back(public_id, self.who), public_id, *self.ended)

    def _enjoy(self, public_id: str) -> None:
        for _ in range(self.random.choice((1, 1, 2))):
            self._tell(self.doors.download(public_id, self.who), public_id)
            self._think()


def answer_bank(world: World, public_id: str, outcome: str) -> None:
    """The buyer on the bank's page, if the bank has asked."""
    found = world.disk.ask("SELECT stripe_payment_id FROM album_purchase WHERE public_id = ?", public_id)
    if found and found[0][0]:
        world.sandbox.answer_bank(found[0][0], outcome)
        world.scheduler.trace.append(f"   the bank: {outcome}")


@dataclass
class Owner:
    """Changes prices, withdraws albums, gives money back here or in Stripe's dashboard, and answers disputes."""

    world: World
    doors: Doors
    random: Random
    rounds: int = 3

    def live(self) -> None:
        for _ in range(self.rounds):
            self.world.scheduler.sleep(self.random.choice((2, 30, 200, 900)))
            self.world.back_up()
            for kind, act in (
                (Kind.PRICE_CHANGE, self._change_price),
                (Kind.WITHDRAWN_ALBUM, self._withdraw),
                (Kind.CLOCK_STEP, self._set_clock),
                (Kind.TAMPERED, self.change_an_amount),
            ):
                if self.world.scheduler.happens(kind):
                    act()
            self._give_back(Kind.REFUND_IN_SHOP, self.refund_here)
            self._give_back(Kind.REFUND_IN_DASHBOARD, self._refund_in_dashboard)
            self._give_back(Kind.STRAY_CHARGE, self._charge_past_the_shop)
            self._answer_disputes()

    def _change_price(self) -> None:
        slug = self.random.choice(list(ALBUMS))
        self._write(slug, amount=ALBUMS[slug][0] + 100 * self.random.randrange(3))

    def _withdraw(self) -> None:
        slug = self.random.choice(list(ALBUMS))
        self._write(slug, state=AlbumState.WITHDRAWN)
        self.world.scheduler.sleep(self.random.choice((1, 20, 300)))
        self._write(slug, state=AlbumState.PUBLISHED)

    def _write(self, slug: str, **values: object) -> None:
        def act() -> None:
            with self.world.session() as session, writing(session):
                session.execute(update(Album).where(Album.slug == slug).values(**values))

        self.doors.visit(self.world.web, act, None, None)

    def _set_clock(self) -> None:
        self.world.clock.set_wrong(self.random.choice((-7200, -400, -30, 0, 30, 400, 7200, 90000)))

    def change_an_amount(self) -> None:
        """Somebody with the keys makes what waits for a card cheaper."""
        store = self.world.sandbox.service.store
        for intent in store.select("payment_intent", "json_extract(body, '$.status') = 'requires_payment_method'"):
            with self.world.past_the_shop(), suppress(StripeError):
                self.world.sandbox.client().v1.payment_intents.update(intent["id"], {"amount": 50})

    def _give_back(self, kind: Kind, act: Callable[[str, str, Money], None]) -> None:
        paid = self.world.disk.ask(
            "SELECT public_id, stripe_payment_id, amount, currency FROM album_purchase "
            "WHERE state = 'paid' AND stripe_payment_id IS NOT NULL ORDER BY id"
        )
        if paid and self.world.scheduler.happens(kind):
            public_id, payment_id, amount, currency = self.random.choice(paid)
            act(public_id, payment_id, Money(self.random.choice((amount, amount, amount // 3)), currency))

    def refund_here(self, public_id: str, payment_id: str, amount: Money) -> None:
        """In the shop, sometimes by a second click, which is the same wish."""
        reference = self.world.random_id()

        def act() -> Word:
            with self.world.session() as session:
                purchase = session.scalar(select(AlbumPurchase).where(AlbumPurchase.public_id == public_id))
                if purchase is None:
                    return Word.NOT_FOUND
                try:
                    made = refunds.refund(
                        session, self.world.wiring.processor, purchase, amount, datetime.now(UTC),
                        by=Actor("owner@example.com"), reference=reference,
                    )  # fmt: skip
                except RefundError:
                    return Word.NOT_CHARGED
                self._note(reference, public_id, amount, purchase)
                return Word.PAID if made.status != "refused" else Word.NOT_CHARGED

        for _ in range(2 if self.random.random() < 0.4 else 1):
            self.doors.visit(self.world.web, act, Word.NOTHING, Word.BROKEN)

    def _note(self, reference: str, public_id: str, amount: Money, purchase: AlbumPurchase) -> None:
        history = self.world.history
        history.wishes[reference] = amount
        if amount == purchase.price:
            history.closed.setdefault(public_id, self.world.clock.true)

    def _refund_in_dashboard(self, public_id: str, payment_id: str, amount: Money) -> None:
        with self.world.past_the_shop(), suppress(StripeError):  # given back already, or disputed
            self.world.sandbox.client().v1.refunds.create({"payment_intent": payment_id, "amount": amount.amount})

    def _charge_past_the_shop(self, public_id: str, payment_id: str, amount: Money) -> None:
        """Somebody with the keys charges half a euro, in the name of a purchase that is paid or of one that is lost."""
        order = self.random.choice((public_id, "0" * 32))
        with self.world.past_the_shop():
            made = self.world.sandbox.client().v1.payment_intents.create(
                {
                    "amount": 50,
                    "currency": "eur",
                    "payment_method": GOOD,
                    "confirm": True,
                    "return_url": "http://elsewhere.test/",
                    "metadata": {"order": order, "album": "0" * 32},
                }
            )
        self.world.history.strays[made.id] = order

    def _answer_disputes(self) -> None:
        for dispute in self.world.sandbox.service.store.select("dispute", order="ASC"):
            if dispute["status"] in ("needs_response", "warning_needs_response") and self.random.random() < 0.5:
                words = self.random.choice(("winning_evidence", "losing_evidence"))
                with self.world.past_the_shop():
                    self.world.sandbox.client().v1.disputes.update(
                        dispute["id"], {"evidence": {"uncategorized_text": words}, "submit": True}
                    )


@dataclass
class Cheat:
    """Wants music without paying: with somebody else's purchase, somebody else's card, and letters from "Stripe"."""

    world: World
    doors: Doors
    random: Random
    rounds: int = 3

    def live(self) -> None:
        self.who = Who("cheat", "cheat@example.com", "c" * 43, signed_in=False)
        for _ in range(self.rounds):
            self.world.scheduler.sleep(self.random.choice((3, 40, 400)))
            if self.world.scheduler.happens(Kind.CHEAT):
                self.random.choice((self._somebody_elses_page, self._somebody_elses_card, self._forge))()

    def _somebody_elses_page(self) -> None:
        others = "SELECT public_id FROM album_purchase WHERE email <> ? ORDER BY id"
        for (public_id,) in self.world.disk.ask(others, self.who.email):
            for door in (self.doors.look, self.doors.come_back, self.doors.cancel, self.doors.download):
                word = door(public_id, self.who)
                if word not in (Word.NOT_FOUND, Word.NOTHING, Word.BROKEN):
                    self.world.history.violate("F11", f"the cheat saw somebody else's purchase: {word}")

    def _somebody_elses_card(self) -> None:
        """Posts a token that was used for somebody else's purchase."""
        tokens = [token for token in self.world.history.tokens.values() if token.customer != "cheat"]
        word, price, _ = self.doors.open_form("low-tide", self.who)
        if tokens and price is not None:
            stolen = self.random.choice(tokens)
            if self.world.disk.ask(
                "SELECT 1 FROM payment_attempt WHERE token_hash = ?", self.world.history.digest(stolen.id)
            ):
                word, _ = self.doors.buy("low-tide", self.who, price, stolen)
                self.world.tell("cheat", word, ())

    def _forge(self) -> None:
        """A letter that says that everything was paid."""
        for (payment_id,) in self.world.disk.ask(
            "SELECT stripe_payment_id FROM album_purchase WHERE stripe_payment_id IS NOT NULL ORDER BY id"
        ):
            intent = {"id": payment_id, "object": "payment_intent", "status": "succeeded"}
            event = {"id": f"evt_forged_{payment_id}", "object": "event", "type": "payment_intent.succeeded",
                     "livemode": False, "data": {"object": intent}}  # fmt: skip
            now = int(self.world.clock.true + self.world.clock.skew)
            status = self.doors.receive(json.dumps(event).encode(), f"t={now},v1={'0' * 64}")
            if status == 200:
                self.world.history.violate("webhook", "a forged message was taken")


@dataclass
class Clerk:
    """Stripe's own: books what is due, and delivers events, more or less."""

    world: World
    doors: Doors
    random: Random

    def live(self) -> None:
        scheduler, sandbox = self.world.scheduler, self.world.sandbox
        while True:
            if self._has_something():
                self._mischief()
            if not sandbox.deliver_next(self.doors.receive):
                scheduler.sleep(self.random.choice((2, 10, 60)), listening=True)

    def _has_something(self) -> bool:
        service = self.world.sandbox.service
        due = "SELECT 1 FROM delivery WHERE due <= ?"
        return service.store.connection.execute(due, (service.clock.time(),)).fetchone() is not None

    def _mischief(self) -> None:
        scheduler, sandbox = self.world.scheduler, self.world.sandbox
        if scheduler.happens(Kind.EVENT_LOST):
            sandbox.fault("webhook_drop")
        elif scheduler.happens(Kind.EVENT_TWICE):
            sandbox.fault("webhook_twice")
        elif scheduler.happens(Kind.EVENT_LATE):
            sandbox.fault("webhook_hold", seconds=self.random.choice((40, 400, 40_000)))
        elif scheduler.happens(Kind.EVENT_EARLIER):
            sandbox.fault("webhook_reorder")


@dataclass
class Hand:
    """One lane of the worker's."""

    world: World
    doors: Doors
    tasks: Mapping[str, Task]
    lane: Lane

    def live(self) -> None:
        process = self.world.works
        kills = -1
        while True:
            if kills != process.kills:  # the process is a new one
                worker, kills = Worker(self.world.wiring.sessions, self.tasks, self.world.wiring), process.kills
            self.doors.visit(process, partial(self._work, worker), None, None)
            self.world.scheduler.sleep(max(0.5, self._until_due()), listening=True)

    def _work(self, worker: Worker) -> None:
        worker.queue_periodic(self.lane)
        if self._until_due() <= 0:
            worker.run_due(self.lane)

    def _until_due(self) -> float:
        """Seconds until something falls due of which the database knows now."""
        kinds = [kind for kind, task in self.tasks.items() if task.lane == self.lane]
        [[due]] = self.world.disk.ask(
            "SELECT min(due) FROM job WHERE done IS NULL AND failed IS NULL "
            f"AND kind IN ({','.join('?' * len(kinds))})",
            *kinds,
        )
        if due is None:
            return 600.0
        now = self.world.clock.true + self.world.clock.skew
        left = datetime.fromisoformat(due).replace(tzinfo=UTC).timestamp() - now
        return min(600.0, left)
