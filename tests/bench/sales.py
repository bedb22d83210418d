"""Three years of a large shop's sales, as rows: who bought which album when, and what became of it.

The same seed makes the same sales, but for `now`. Sales grow over the years, are more on Fridays and in the evening;
a few albums sell much, and most buyers buy once or twice.
"""

import random
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from storefront.services.accounts.tokens import digest
from tests.bench.bulk import Row, moment

ACCOUNT = ("id", "public_id", "email", "password_hash", "role", "email_proven_at", "created")
YEARS = 3
DAY = 86_400
#: How much is sold in each hour of a day, in UTC.
HOURS = [2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 7, 8, 7, 7, 7, 8, 9, 10, 12, 13, 12, 8, 4]
#: From Thursday, as 1970 began.
WEEKDAYS = [10, 24, 12, 10, 8, 8, 9]
#: How many of a thousand purchases were not simply paid.
UNPAID, ELSEWHERE, REFUNDED, PARTLY, DISPUTED = 85, 30, 12, 5, 1


@dataclass(frozen=True, slots=True)
class Offer:
    """An album as it is sold; `id` is its edition's too."""

    id: int
    public_id: str
    title: str
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """A person; `account` is the row number of theirs, if they have one."""

    email: str
    key: str
    account: int | None


@dataclass(slots=True)
class Sale:
    """One purchase, and what belongs to it."""

    id: int
    public_id: str
    at: float
    buyer: Buyer
    offer: Offer
    #: "paid", "open", "canceled"; of the last ten minutes' "confirming".
    state: str
    channel: str
    amount: int
    attempts: int
    refunded: int
    dispute: str
    payment: str | None
    charge: str | None
    #: When this address had paid for something before; None if it had not.
    before: float | None = None

    @property
    def paid_at(self) -> float | None:
        return self.at + 40 if self.state == "paid" else None

    @property
    def charged(self) -> bool:
        return self.charge is not None

    @property
    def fee(self) -> int:
        """2.9 % and 30."""
        return self.amount * 29 // 1000 + 30


class Plan:
    """`purchases` sales of `offers` to `customers` people, until `now` (seconds since 1970)."""

    def __init__(self, offers: Sequence[Offer], purchases: int, customers: int, now: float, first_account: int) -> None:
        self._chance = random.Random(7)
        self._now = now
        self._offers = offers
        self._customers = customers
        self._first_account = first_account
        self._times = self._when(purchases, now)
        self._who = self._by_whom(purchases)
        self._what = self._of_what(purchases)

    def _when(self, purchases: int, now: float) -> "array[float]":
        """Sorted."""
        last = int(now // DAY)
        days = range(last - 365 * YEARS, last + 1)
        weights = [(1 + 2 * n / len(days)) * WEEKDAYS[day % 7] for n, day in enumerate(days)]
        hours = self._chance.choices(range(24), HOURS, k=purchases)
        chosen = self._chance.choices(days, weights, k=purchases)
        placed = zip(chosen, hours, strict=True)
        seconds = (day * DAY + hour * 3600 + self._chance.random() * 3600 for day, hour in placed)
        return array("d", sorted(at if at < now else at - DAY for at in seconds))

    def _by_whom(self, purchases: int) -> "array[int]":
        """Everybody once, as far as it goes; the rest by a few who buy much."""
        people = list(range(min(self._customers, purchases)))
        weights = list(accumulate(1 / (1 + n) ** 0.5 for n in people))
        people += self._chance.choices(people, cum_weights=weights, k=purchases - len(people))
        self._chance.shuffle(people)
        return array("l", people)

    def _of_what(self, purchases: int) -> "array[int]":
        """Nobody buys an album twice."""
        order = list(range(len(self._offers)))
        self._chance.shuffle(order)
        weights = list(accumulate(1 / (3 + n) for n in order))
        chosen = array("l", self._chance.choices(range(len(order)), cum_weights=weights, k=purchases))
        known: set[int] = set()
        for number, who in enumerate(self._who):
            while (bought := who * len(order) + chosen[number]) in known:
                chosen[number] = self._chance.randrange(len(order))
            known.add(bought)
        return chosen

    def buyer(self, number: int) -> Buyer:
        """Six of ten have an account."""
        name = f"fan{number}"
        email = f"{name}@{('example.com', 'example.org', 'mail.example', 'example.net')[number % 4]}"
        if number % 10 < 6:
            return Buyer(email, f"account:{digest(name)[:32]}", self._first_account + number)
        return Buyer(email, f"browser:{digest(name)}", None)

    def accounts(self) -> Iterator[Row]:
        """Rows of ACCOUNT, from before their first purchase."""
        first: dict[int, float] = {}
        for who, at in zip(self._who, self._times, strict=True):
            first.setdefault(who, at)
        for number in range(self._customers):
            buyer = self.buyer(number)
            if buyer.account is not None:
                at = moment(first.get(number, self._times[0]) - 300)
                key = buyer.key.removeprefix("account:")
                yield buyer.account, key, buyer.email, None, "customer", at if number % 3 else None, at

    def sales(self) -> Iterator[Sale]:
        """In the order of time; the same at each call."""
        chance = random.Random(8)
        last: dict[int, float] = {}
        for number, (at, who, what) in enumerate(zip(self._times, self._who, self._what, strict=True)):
            sale = _sale(number + 1, at, self.buyer(who), self._offers[what], chance, self._now)
            if sale.channel != "import" and sale.paid_at is not None:
                sale.before, last[who] = last.get(who), sale.paid_at
            yield sale


def _sale(id: int, at: float, buyer: Buyer, offer: Offer, chance: random.Random, now: float) -> Sale:
    roll, amount = chance.randrange(1000), offer.amount
    if amount and chance.random() < 0.15:  # what it cost then, or what somebody gave
        amount += chance.randrange(50, 1000)
    sale = Sale(
        id, f"{chance.getrandbits(128):032x}", at, buyer, offer, "paid", "stripe", amount, 1, 0, "none", None, None
    )
    if roll < ELSEWHERE:
        sale.channel, sale.amount, sale.attempts = "import", 0, 0
        sale.buyer = Buyer(buyer.email, f"import:{digest(buyer.email)}", buyer.account)
    elif not amount:
        sale.channel, sale.attempts = "free", 0
    else:
        _charge(sale, roll - ELSEWHERE, chance, now - at)
    return sale


def _charge(sale: Sale, roll: int, chance: random.Random, age: float) -> None:
    sale.payment = f"pi_{chance.getrandbits(96):024x}"
    if roll < UNPAID:
        sale.state = "open" if age < DAY else "canceled"  # by the sweeper
        sale.attempts = 0 if roll % 2 else 1
        if age < 600:
            sale.state, sale.attempts = "confirming", 1
        return
    sale.charge = f"ch_{chance.getrandbits(96):024x}"
    sale.attempts = 1 if chance.random() < 0.94 else 2
    roll -= UNPAID
    if roll < REFUNDED and age > 3 * DAY:
        sale.refunded = sale.amount
    elif roll < REFUNDED + PARTLY and age > 3 * DAY:
        sale.refunded = sale.amount // 2
    elif roll == REFUNDED + PARTLY + DISPUTED and age > 9 * DAY:
        sale.dispute = "needs_response" if age < 23 * DAY else chance.choice(["under_review", "won", "lost", "lost"])
