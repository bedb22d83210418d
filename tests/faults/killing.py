"""The real thing from outside: the shop's processes, killed with SIGKILL every 0.3 to 1 s while people buy.

Nothing of the shop's is asked how it went: Stripe's ledger, the pages that buyers saw, their mails and the bytes that
they downloaded are. `python -m tests.faults.killing` runs it by itself.
"""

import hashlib
import random
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import time_machine
from sqlalchemy import select

from storefront.models import AlbumPurchase, File, FileKind, PurchaseState
from storefront.tasks import make_worker
from tests.factories import make_album
from tests.support.buying import FORM, Answer, ask, open_form
from tests.support.forked import ForkedProcesses
from tests.support.shop import Shop, running_shop

PURCHASES = 200
BUYERS_AT_ONCE = 8
WEB_PROCESSES = 3
#: Seconds between two kills.
PAUSES = (0.3, 1.0)
#: What buyers pay with, and how often.
CARDS = {
    "pm_card_visa": 12,
    "pm_card_visa_chargeDeclined": 2,
    "pm_card_threeDSecure2Required": 2,
    "pm_card_visa_chargeDeclinedInsufficientFunds": 1,
}
#: Seconds that a buyer goes on pressing a button that nobody answers; and on looking how it ended. Who still does not
#: know comes back when all is over.
PATIENCE = 60
CURIOSITY = 15
#: Afterwards, in peace.
STEPS = [timedelta(minutes=minutes) for minutes in (4, 8, 75, 150, 26 * 60, 36 * 60)]

Result = TypeVar("Result")


@dataclass
class Buyer:
    """A person with a browser of their own, and what its pages said."""

    number: int
    card: str
    cookies: str = ""
    page: str = ""
    told: str | None = None

    @property
    def email(self) -> str:
        return f"buyer{self.number}@example.com"

    @property
    def public_id(self) -> str:
        """As the address of the last page has it."""
        found = re.search(r"/store/\w+/([0-9a-f]{32})", self.page)
        return found[1] if found else ""


@dataclass
class Chaos:
    """One run."""

    shop: Shop
    slug: str
    random: random.Random
    kills: Counter[str] = field(default_factory=Counter)

    def kill_while(self, busy: Callable[[], bool]) -> None:
        """Ends one process after another, and starts it again."""
        while busy():
            time.sleep(self.random.uniform(*PAUSES))
            name = self.random.choice(self.shop.names)
            self.shop.kill(name)
            self.kills[name] += 1
            self.shop.start(name)

    def buy(self, buyer: Buyer) -> None:
        """Opens the form, sends it (some twice at once), goes where it leads, and comes back when nothing answers."""
        buyer.cookies, fields = self._insist(lambda url: open_form(url, self.slug))
        token = self.shop.sandbox.token(buyer.card)
        body = urlencode({**fields, "email": buyer.email, "stripeToken": token})
        twice = [threading.Thread(target=self._send, args=(buyer, body))] * (buyer.number % 5 == 0)
        for thread in twice:
            thread.start()
        answer = self._insist(lambda url: self._ask(url, buyer, f"/store/complete/{self.slug}", body))
        for thread in twice:
            thread.join()
        self._follow(buyer, answer)

    def come_back(self, buyer: Buyer) -> None:
        """Later, to see what became of it."""
        page = buyer.page or f"/store/buy/{self.slug}"
        self._follow(buyer, self._insist(partial(self._ask, buyer=buyer, path=page)))

    def _follow(self, buyer: Buyer, answer: Answer) -> None:
        """From page to page until one says how it ended."""
        end = time.monotonic() + CURIOSITY
        while buyer.told is None:
            buyer.page = answer.path or buyer.page
            if "othing was charged" in answer.page:
                buyer.told = "not charged"
            elif answer.status == 200 and "/store/success/" in buyer.page:
                buyer.told = "paid"
            elif answer.status == 200 and "/store/authenticate/" in buyer.page:
                self._answer_bank(buyer)
                buyer.page = f"/store/return/{buyer.public_id}"
            elif time.monotonic() > end:
                return
            elif answer.status == 200:
                time.sleep(0.5)
            answer = self._insist(partial(self._ask, buyer=buyer, path=buyer.page or f"/store/buy/{self.slug}"))

    def _answer_bank(self, buyer: Buyer) -> None:
        for intent in self.shop.sandbox.ledger()["payment_intents"]:
            if intent["metadata"].get("order") == buyer.public_id and intent["status"] == "requires_action":
                form = urlencode({"client_secret": intent["client_secret"], "outcome": "complete"}).encode()
                address = f"{self.shop.sandbox.url}/3ds/{intent['id']}"
                with suppress(OSError), urlopen(Request(address, form), timeout=10) as page:
                    page.read()

    def _insist(self, request: Callable[[str], Result]) -> Result:
        """Asks one web server after another until one answers, as somebody presses a button again."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return request(self.random.choice(self.shop.urls))
            except (OSError, HTTPException, ValueError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def _send(self, buyer: Buyer, body: str) -> None:
        """Once, whatever comes of it."""
        with suppress(OSError, HTTPException):
            self._ask(self.random.choice(self.shop.urls), buyer, f"/store/complete/{self.slug}", body)

    def _ask(self, url: str, buyer: Buyer, path: str, body: str = "") -> Answer:
        return ask(url, "POST" if body else "GET", path, body, {**FORM, "Cookie": buyer.cookies})


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    buyers: list[Buyer]
    kills: Counter[str]
    charges: int
    seconds: float
    wrong: list[str]


def run(
    folder: Path,
    purchases: int = PURCHASES,
    database_url: str | None = None,
    spoil: Callable[[Shop], None] | None = None,
) -> Outcome:
    """`purchases` people buy from a shop in `folder` while its processes are killed; then time passes in peace.

    `spoil` is done to the shop before it is looked at: to see that what is wrong is found.
    """
    chance, began = random.Random(), time.monotonic()
    with running_shop(folder, web_processes=WEB_PROCESSES, database_url=database_url, kind=ForkedProcesses) as shop:
        with shop.wiring.sessions() as session:
            slug = make_album(session, shop.wiring.storage).slug
        chaos = Chaos(shop, slug, chance)
        cards = chance.choices(list(CARDS), list(CARDS.values()), k=purchases)
        buyers = [Buyer(number, card) for number, card in enumerate(cards)]
        with ThreadPoolExecutor(BUYERS_AT_ONCE) as crowd:
            bought = [crowd.submit(chaos.buy, buyer) for buyer in buyers]
            chaos.kill_while(lambda: not all(purchase.done() for purchase in bought))
            for purchase in bought:
                purchase.result()
        for name, url in zip([name for name in shop.names if name != "worker"], shop.urls, strict=True):
            shop.processes.wait_until_answers(name, url)
        let_time_pass(shop)
        for buyer in buyers:
            if buyer.told is None:
                chaos.come_back(buyer)
        if spoil is not None:
            spoil(shop)
        wrong = list(find_wrong(shop, buyers))
        return Outcome(buyers, chaos.kills, len(shop.sandbox.charges), time.monotonic() - began, wrong)


def let_time_pass(shop: Shop) -> None:
    """The jobs of the next day and a half: leases of killed workers end, banks are given up, old purchases closed."""
    worker = make_worker(shop.wiring)
    begin = datetime.now(UTC)
    for span in STEPS:
        with time_machine.travel(begin + span, tick=True):
            worker.queue_periodic()
            worker.run_due()


def find_wrong(shop: Shop, buyers: list[Buyer]) -> Iterator[str]:
    """What must not be, by Stripe's ledger, the pages that were seen, the mails and the bytes."""
    with shop.wiring.sessions() as session:
        rows = session.scalars(select(AlbumPurchase)).all()
        zips = {file.format: file.digest for file in session.scalars(select(File).where(File.kind == FileKind.ARCHIVE))}
    ledger = shop.sandbox.ledger()
    charged = {charge["id"]: charge for charge in shop.sandbox.charges}
    orders = {intent["id"]: intent["metadata"]["order"] for intent in ledger["payment_intents"]}
    paid = {row.public_id: row for row in rows if row.state == PurchaseState.PAID}
    for row in rows:
        if row.state not in (PurchaseState.PAID, PurchaseState.CANCELED):
            yield f"{row.public_id} is {row.state} after a day"
    for charge in charged.values():
        row = paid.get(orders[charge["payment_intent"]])
        if row is None or row.stripe_charge_id != charge["id"] or row.amount != charge["amount"]:
            yield f"{charge['id']} took money for nothing"
    for row in paid.values():
        if row.stripe_charge_id not in charged:
            yield f"{row.public_id} is paid by no charge"
    for address, count in Counter(row.email for row in paid.values()).items():
        if count > 1:
            yield f"{address} paid {count} times"
    mails = {(str(mail["To"]), str(mail["Subject"]), str(mail["Message-ID"])) for mail in shop.mailbox.messages}
    receipts = {address for address, subject, _ in mails if "receipt" in subject}
    yield from (f"{row.email} got no receipt" for row in paid.values() if row.email not in receipts)
    if len(mails) != len({name for *_, name in mails}) or len(mails) != len({mail[:2] for mail in mails}):
        yield "the same mail came under two names"
    addresses = {row.email for row in paid.values()}
    for buyer in buyers:
        if buyer.told is None:
            yield f"{buyer.email} never got to know how it ended; the last page was {buyer.page or 'the form'}"
        if buyer.told == "paid" and buyer.email not in addresses:
            yield f"{buyer.email} was told 'paid'"
        if buyer.told == "not charged" and buyer.email in addresses:
            yield f"{buyer.email} was told 'not charged'"
        if buyer.told == "paid":
            got = download(shop, buyer, "mp3-v0")
            if got != zips["mp3-v0"]:
                yield f"{buyer.email} got other bytes than were published"


def download(shop: Shop, buyer: Buyer, format: str) -> str:
    """The SHA-256 of what the buyer's browser gets."""
    request = Request(f"{shop.urls[0]}/library/{buyer.public_id}/{format}", headers={"Cookie": buyer.cookies})
    try:
        with urlopen(request, timeout=30) as answer:
            return hashlib.sha256(answer.read()).hexdigest()
    except HTTPError as error:
        return f"no bytes, but {error.code}"


def main() -> None:
    """Prints what a run came to; exits with 1 when anything is wrong."""
    with TemporaryDirectory(prefix="storefront-killing-") as folder:
        outcome = run(Path(folder))
    told = Counter(str(buyer.told) for buyer in outcome.buyers)
    print(
        f"{len(outcome.buyers)} purchases by real processes: {sum(outcome.kills.values())} times SIGKILL "
        f"({', '.join(f'{name} {count}' for name, count in sorted(outcome.kills.items()))}), "
        f"{outcome.charges} charges; told: {', '.join(f'{count} {word}' for word, count in told.items())}; "
        f"{len(outcome.wrong)} violations; {outcome.seconds:.0f} s"
    )
    for wrong in outcome.wrong:
        print(f"  {wrong}")
    sys.exit(bool(outcome.wrong))


if __name__ == "__main__":
    main()
