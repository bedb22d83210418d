"""One shop on one machine, and Stripe: real services, a real database, the real client of Stripe's, in one thread.

A world is made once in a process and used for many runs, one after the other: what is compiled stays compiled.
"""

import hashlib
import itertools
import logging
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import Account, Album, AlbumPurchase, Pricing, Role, writing
from storefront.payments import CreditCardProcessor
from storefront.services.library.ownership import is_owned
from storefront.services.shop.backups.reopening import expect_lost_days
from storefront.settings import read_settings
from storefront.storage import LocalStorage
from storefront.wiring import Wiring, wire
from tests.factories import make_album
from tests.faults.clock import Clock
from tests.faults.disk import Disk, DiskSnapshot
from tests.faults.history import History, Token, Told, Word
from tests.faults.kinds import Kind
from tests.faults.network import Network
from tests.faults.post import Delivered, PostOffice
from tests.faults.profiles import Profile
from tests.faults.scheduler import Chance, Process, Scheduler
from tests.support.databases import SqliteTemplate
from tests.support.in_process import InProcessSandbox, Snapshot

#: slug -> (price, currency, pricing).
ALBUMS = {
    "low-tide": (900, "eur", Pricing.FIXED),
    "paper-boats": (1200, "jpy", Pricing.FIXED),
    "night-bus": (500, "usd", Pricing.MINIMUM),
}
ACCOUNTS = ("ana@example.com", "ben@example.com")
ADMIN = "owner@example.com"


@dataclass(frozen=True)
class Moment:
    """All that a world can be put back to."""

    at: float
    history: History
    stripe: Snapshot
    disk: DiskSnapshot
    mails: tuple[Delivered, ...]
    rewinds: int
    #: The state of what draws the names of purchases.
    random: tuple[Any, ...]


class World:
    """Everything that a run needs. `begin` makes it new."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock = clock
        template = SqliteTemplate(folder)
        url = template.copy()
        self.disk = Disk(folder / "shop.sqlite", Path(url.removeprefix("sqlite:///")))
        self.sandbox = InProcessSandbox(folder / "stripe.sqlite", seed="1")
        self.network = Network(self.sandbox, self.disk)
        self.post = PostOffice()
        #: What the shop has logged, with tracebacks.
        self.log: list[str] = []
        self._stop_listening = _listen(self.log)
        self.wiring = self._wire(folder, url)
        self.published = _stock(url, self.wiring)
        clock.on_skew = self._keep_stripes_clock
        self.disk.watch(self.wiring.engine, self.wiring.sessions)

    def _wire(self, folder: Path, template_url: str) -> Wiring:
        settings = read_settings(
            {
                "sqlalchemy.url": self.disk.url,
                "storage.url": str(folder / "files"),
                "mail.url": f"spool://{folder / 'mail'}",
                "base_url": "http://shop.test",
                "jobs.inline": "false",
                "stripe.api_base": "http://stripe.test",
                "stripe.js_url": "http://stripe.test/endive/stripe.js",
            }
        )
        processor = CreditCardProcessor(
            settings.stripe_secret_key,
            settings.stripe_publishable_key,
            webhook_secrets=settings.webhook_secrets,
            api_base=settings.stripe_api_base,
            stripe_js_url=settings.stripe_js_url,
            transport=self.network.transport,
        )
        storage = WatchedStorage(self, LocalStorage(folder / "files"))
        return replace(wire(settings), processor=processor, mailer=self.post, storage=storage)

    def begin(self, chance: Chance, random: Random, profile: Profile, moment: "Moment | None" = None) -> None:
        """A new shop, of which nothing was bought, or what it was at that moment; `random` draws the names of its
        purchases."""
        self.history = deepcopy(moment.history) if moment else History()
        self.clock.start_again(moment.at if moment else None)
        if moment:
            self.sandbox.put_back(moment.stripe)
        else:
            self.sandbox.reset()
        self.scheduler = Scheduler(self.clock, chance)
        self.disk.start_again(self.scheduler, moment.disk if moment else None)
        self.post.delivered = [*moment.mails] if moment else []
        self.post.scheduler = self.network.scheduler = self.scheduler
        self.network.history = self.history
        self._random = random
        self.disk.keeps_recent = chance.may(Kind.POWER_LOSS)
        self.web, self.works = Process("web"), Process("worker")
        self.network.loses_answers, self.network.web = not profile.answers, self.web
        self.network.delay = random.choice
        self.scheduler.on_power_loss = self._lose_power
        self.rewinds = moment.rewinds if moment else 0
        self.log.clear()
        self._card_numbers = itertools.count(1 + len(self.history.tokens))
        if moment:
            random.setstate(moment.random)
        else:
            self.back_up()

    def remember(self) -> "Moment":
        """Everything as it is now, while nobody is about; a backup is made of it, too."""
        assert not self.scheduler.actors
        assert not self.history.on_rewind
        assert not self.clock.skew
        self.back_up()
        return Moment(
            at=self.clock.true,
            history=deepcopy(self.history),
            stripe=self.sandbox.snapshot(),
            disk=self.disk.snapshot(),
            mails=(*self.post.delivered,),
            rewinds=self.rewinds,
            random=self._random.getstate(),
        )

    def close(self) -> None:
        self.disk.close()
        self.sandbox.close()
        self._stop_listening()

    def random_id(self) -> str:
        """For OrderBook: drawn like the system's, but from the seed."""
        return f"{self._random.getrandbits(128):032x}"

    def state(self) -> str | None:
        """A digest of everything that what follows depends on; None while somebody is still about.

        Stripe's side is told by the sandbox's own tables: without their counters, its log of requests, and the answers
        that are kept for keys that the client has drawn and nobody knows any more. What was drawn, here or there, is
        told by the order of its first appearance.
        """
        if self.scheduler.actors:
            return None
        history, stripe = self.history, self.sandbox.service.store.connection
        parts: list[object] = [
            *self.disk.own.iterdump(),
            *(tuple(row) for question in STRIPES_STATE for row in stripe.execute(question)),
            history.tokens, history.told, history.served, history.wishes, history.closed, history.strays,
            history.keys_changed, self.post.delivered, self.rewinds, self.clock.true, self.clock.skew,
            self._random.getstate(),
        ]  # fmt: skip
        numbers: dict[str, str] = {}
        text = _RANDOM.sub(lambda found: numbers.setdefault(found[0], str(len(numbers))), repr(parts))
        return hashlib.sha256(text.encode()).hexdigest()

    # -- Stripe's side

    def _keep_stripes_clock(self, skew: float) -> None:
        self.sandbox.service.clock.shift = -skew

    @contextmanager
    def past_the_shop(self) -> Iterator[None]:
        """What is done meanwhile is done at Stripe, by somebody else: no fault of the shop's network strikes it."""
        actor = self.scheduler.current
        scheduler, self.network.scheduler = self.network.scheduler, None
        try:
            yield
        finally:
            self.network.scheduler = scheduler
        assert actor is self.scheduler.current, "nobody may act in between"

    def new_token(self, customer: str, email: str, card: str) -> Token:
        """A card is typed in: Stripe's charges will bear the name on it."""
        name = f"{customer} card {next(self._card_numbers)}"
        with self.past_the_shop():
            client = self.sandbox.client()
            method = client.v1.payment_methods.create(
                {
                    "type": "card",
                    "card": {"token": card.replace("pm_card_", "tok_", 1)},
                    "billing_details": {"name": name, "email": email},
                }
            )
            token = Token(self.sandbox.token(method.id), name, customer, card)
        self.history.tokens[name] = token
        return token

    # -- the machine

    def back_up(self) -> None:
        self.disk.back_up(self.clock.true + self.clock.skew)

    def _lose_power(self, kind: Kind) -> None:
        """Everything on the machine dies, and its disk is what it was a moment or a backup ago."""
        for process in (self.web, self.works):
            self.scheduler.kill(process, down=5.0)
        if kind is Kind.RESTORED_BACKUP:
            made, content = self.disk.backups[-1]
            self.scheduler.afterwards(lambda: self.come_back_from(made, content))
        else:
            self.scheduler.afterwards(lambda: self._rewind(self.disk.lose(self._random.choice((0, 1, 2)))))

    def _rewind(self, lost: int) -> None:
        if lost:
            self._forget()

    def come_back_from(self, made: float, content: bytes) -> None:
        """As `storefront restore` does it, and then the shop starts."""
        self.disk.restore(content)
        with self.session() as session:
            expect_lost_days(session, datetime.fromtimestamp(made, UTC), datetime.now(UTC))
        self._forget()

    def _forget(self) -> None:
        """What was promised on the strength of commits that are gone now, the shop may break once."""
        self.rewinds += 1
        self.history.closed.clear()
        for forget in self.history.on_rewind:
            forget()

    # -- what the shop is made of

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.wiring.sessions() as session:
            yield session

    def opens(self, public_id: str) -> bool:
        """Whether its owner can download the purchase now."""
        with self.session() as session:
            purchase = session.scalar(select(AlbumPurchase).where(AlbumPurchase.public_id == public_id))
            return purchase is not None and is_owned(purchase) and purchase.has_access

    def tell(self, customer: str, word: Word, tokens: tuple[str, ...], public_id: str | None = None) -> Told:
        told = Told(self.clock.true, customer, word, tokens, public_id)
        self.history.told.append(told)
        self.scheduler.effects += 1
        self.scheduler.trace.append(f"   {customer} reads: {word}")
        return told


#: Names that somebody has drawn, and their digests; nothing depends on what they are, only on where they are again.
_RANDOM = re.compile(r"(?=[a-z_-]*[A-Z0-9])[A-Za-z0-9_-]{24,}")

#: Of the sandbox's tables, what can still matter.
STRIPES_STATE = (
    "SELECT id, body, hidden FROM object ORDER BY seq",
    "SELECT key, fingerprint, status, body FROM saved_answer WHERE key NOT GLOB '????????-????-????-????-????????????'",
    "SELECT due, task, object FROM scheduled ORDER BY due, seq",
    "SELECT event, endpoint, due, attempts, last_status, delivered, after_next FROM delivery ORDER BY id",
    "SELECT method, endpoint, kind, remaining, seconds FROM fault ORDER BY id",
    "SELECT name, value FROM setting ORDER BY name",
)


class WatchedStorage:
    """The shop's files, which may be unreadable for a moment."""

    def __init__(self, world: World, storage: LocalStorage) -> None:
        self._world = world
        self._storage = storage

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def open(self, key: str) -> BinaryIO:
        if self._world.scheduler.place("file: opening", Kind.FILE_UNREADABLE, Kind.CRASH) is Kind.FILE_UNREADABLE:
            raise OSError("Input/output error")
        opened = self._storage.open(key)
        try:
            self._world.scheduler.place("file: read", Kind.CRASH)
        except BaseException:  # a process's files are closed when it dies
            opened.close()
            raise
        return opened


def _listen(lines: list[str]) -> Callable[[], None]:
    """Keeps what the shop logs, and lets nothing through to the terminal -> what makes it all as it was."""

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    loggers = [logging.getLogger(name) for name in ("storefront", "stripe", "sqlalchemy")]
    before = [(logger.handlers, logger.propagate, logger.level) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [Keeper()], False
        logger.setLevel(logging.INFO if logger.name == "storefront" else logging.WARNING)

    def stop() -> None:
        for logger, (handlers, propagate, level) in zip(loggers, before, strict=True):
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)

    return stop


def _stock(url: str, wiring: Wiring) -> dict[str, str]:
    """Albums, accounts and an admin in the template -> the digest of each album's FLAC archive, as it was published."""
    shop = wire(replace(wiring.settings, database_url=url))
    now = datetime.now(UTC)
    published = {}
    with shop.sessions() as session:
        for slug, (amount, currency, pricing) in ALBUMS.items():
            album = make_album(
                session, shop.storage, slug=slug, title=slug.title(), tracks=["One"], cover=None,
                amount=amount, currency=currency, pricing=pricing,
            )  # fmt: skip
            published[slug] = _archive_digest(album)
        with writing(session):
            for email, role in [(email, Role.CUSTOMER) for email in ACCOUNTS] + [(ADMIN, Role.ADMIN)]:
                session.add(
                    Account(public_id=secrets.token_hex(16), email=email, role=role, email_proven_at=now, created=now)
                )
    shop.engine.dispose()
    return published


def _archive_digest(album: Album) -> str:
    assert album.edition is not None
    [digest] = [file.digest for file in album.edition.files if file.track is None and file.format == "flac"]
    return digest


def digest_of(opened: BinaryIO) -> str:
    """SHA-256 of what a customer got."""
    with opened:
        return hashlib.sha256(opened.read()).hexdigest()
