"""The shop's doors: what a web request does with the services, and what its page then says.

Pages are not rendered; which page a purchase is on is asked of the web layer's own table.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, joinedload

from storefront.models import Account, Album, AlbumPurchase, PurchaseState, end_reading
from storefront.money import Money
from storefront.payments.errors import BadWebhook
from storefront.services.library.delivery import find_file
from storefront.services.library.ownership import is_owned
from storefront.services.store.buyers import Visitor
from storefront.services.store.errors import AccessWithdrawn, OutcomeUnknown, SentAlready, StoreError
from storefront.services.store.nets import inbox
from storefront.services.store.ordering import Buyer, OrderBook, for_sale
from storefront.services.store.purchasing import StoreService
from storefront.web.views.store.states import page_of
from tests.faults.history import Served, Token, Word
from tests.faults.scheduler import Killed, Process
from tests.faults.world import World, digest_of

Result = TypeVar("Result")

WORDS = {
    "success": Word.PAID,
    "failure": Word.NOT_CHARGED,
    "status": Word.CHECKING,
    "authenticate": Word.ASK_BANK,
    "buy": Word.FORM,
}


class Doors:
    """Requests that come in from outside. Each is one visit to the web process."""

    def __init__(self, world: World) -> None:
        self.world = world

    def visit(self, process: Process, act: Callable[[], Result], nothing: Result, broken: Result) -> Result:
        """Runs `act` inside a process of the shop's: `nothing` when that dies, `broken` for an error page."""
        scheduler = self.world.scheduler
        actor = scheduler.current
        if process.down_until > scheduler.clock.true:
            return nothing
        if actor is None:
            return act()
        actor.process = process
        try:
            return act()
        except (OperationalError, OSError):
            return broken
        except Killed:
            if scheduler.ended:
                raise
            actor.dying = False
            return nothing
        finally:
            actor.process = None

    # -- the till

    def open_form(self, album: str, visitor: "Who") -> tuple[Word, Money | None, str | None]:
        """GET /store/buy: the form with its price, or the page of the purchase that stands for it."""

        def act() -> tuple[Word, Money | None, str | None]:
            with self.world.session() as session:
                row = _album(session, album)
                found = self._orders(session).find_last(row.id, visitor.seen_by(session))
                if found is not None and found.live and page_of(found) not in ("buy", "failure"):
                    if found.state == PurchaseState.PAID and not found.has_access:
                        return Word.CLOSED, None, found.public_id
                    return WORDS[page_of(found)], None, found.public_id
                if not for_sale(row, datetime.now(UTC).date()):
                    return Word.NOT_FOUND, None, None
                return Word.FORM, row.price, None

        nothing = (Word.NOTHING, None, None)
        return self.visit(self.world.web, act, nothing, (Word.BROKEN, None, None))

    def buy(self, album: str, who: "Who", shown: Money, token: Token) -> tuple[Word, str | None]:
        """POST /store/complete."""
        actor = self.world.scheduler.current
        if actor is not None:
            actor.token = token.id

        def act() -> tuple[Word, str | None]:
            with self.world.session() as session:
                buyer = Buyer(who.seen_by(session), who.email)
                try:
                    purchase = self._service(session).purchase_album(_album(session, album), buyer, shown, token.id)
                except (OutcomeUnknown, SentAlready) as error:
                    return Word.CHECKING, error.purchase.public_id
                except AccessWithdrawn as error:
                    return Word.CLOSED, error.purchase.public_id
                except StoreError:
                    return Word.NOT_CHARGED, None
                return WORDS[page_of(purchase)], purchase.public_id

        return self.visit(self.world.web, act, (Word.NOTHING, None), (Word.BROKEN, None))

    def look(self, public_id: str, who: "Who") -> Word:
        """The status page, which sends on to the page of the state."""
        return self._about(public_id, who, lambda session, purchase: WORDS[page_of(purchase)])

    def come_back(self, public_id: str, who: "Who") -> Word:
        """The return page: back from the bank."""

        def act(session: Session, purchase: AlbumPurchase) -> Word:
            self._service(session).look(purchase)
            return WORDS[page_of(purchase)]

        return self._about(public_id, who, act)

    def cancel(self, public_id: str, who: "Who") -> Word:
        """POST /store/cancel: another card."""

        def act(session: Session, purchase: AlbumPurchase) -> Word:
            try:
                self._service(session).cancel(purchase)
            except OutcomeUnknown:
                return Word.CHECKING
            except StoreError:
                return Word.BROKEN
            return WORDS[page_of(purchase)]

        return self._about(public_id, who, act)

    def _about(self, public_id: str, who: "Who", act: Callable[[Session, AlbumPurchase], Word]) -> Word:
        def visit() -> Word:
            with self.world.session() as session:
                purchase = _purchase(session, public_id)
                if purchase is None or not who.seen_by(session).owns(purchase):
                    return Word.NOT_FOUND
                return act(session, purchase)

        return self.visit(self.world.web, visit, Word.NOTHING, Word.BROKEN)

    # -- the library

    def download(self, public_id: str, who: "Who") -> Word:
        """GET /library/{public_id}/flac: the bytes go into the history."""

        def act(session: Session, purchase: AlbumPurchase) -> Word:
            if not is_owned(purchase):
                return Word.NOT_FOUND
            if not purchase.has_access:
                return Word.CLOSED
            file = find_file(session, purchase, "flac")
            assert file is not None
            end_reading(session)
            digest = digest_of(self.world.wiring.storage.open(file.digest))
            history, now = self.world.history, self.world.clock.true
            history.served.append(Served(now, who.name, public_id, digest))
            return Word.PAID

        return self._about(public_id, who, act)

    # -- Stripe's messages

    def receive(self, body: bytes, signature: str) -> int | None:
        """POST /stripe/webhook -> the status of the answer; None when there was none."""

        def act() -> int | None:
            try:
                event = self.world.wiring.processor.read_event(body, signature, int(datetime.now(UTC).timestamp()))
            except BadWebhook:
                return 400
            with self.world.session() as session:
                inbox.keep(session, event, body, datetime.now(UTC))
            return 200

        return self.visit(self.world.web, act, None, 500)

    # -- how the doors come to the services

    def _orders(self, session: Session) -> OrderBook:
        return OrderBook(session, "MUSIC", lambda: datetime.now(UTC).date(), random_id=self.world.random_id)

    def _service(self, session: Session) -> StoreService:
        wiring = self.world.wiring
        return StoreService(session, wiring.processor, wiring.links, self._orders(session))


class Who:
    """Somebody at the door: a browser with its cookie, signed in or not."""

    def __init__(self, name: str, email: str, browser: str, *, signed_in: bool) -> None:
        self.name, self.email = name, email
        self._browser, self._signed_in = browser, signed_in

    def seen_by(self, session: Session) -> Visitor:
        account = session.scalar(select(Account).where(Account.email == self.email)) if self._signed_in else None
        return Visitor.of(account, self._browser)


def _album(session: Session, slug: str) -> Album:
    return session.scalars(select(Album).where(Album.slug == slug)).one()


def _purchase(session: Session, public_id: str) -> AlbumPurchase | None:
    return session.scalar(
        select(AlbumPurchase)
        .where(AlbumPurchase.public_id == public_id)
        .options(joinedload(AlbumPurchase.album), joinedload(AlbumPurchase.edition))
    )
