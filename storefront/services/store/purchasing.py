"""Buying an album: the row first, then the money.

    commit 1   the row: price, currency, public id, the parameters of the next call
               Stripe: create the PaymentIntent (no money can move yet)
    commit 2   its id
    commit 3   attempt n, state confirming, and the job that looks after it
               Stripe: confirm, sent once
    commit 4   what came of it (settlement.py)

No transaction is open while Stripe is asked. Whatever dies in between is found again by the jobs of commits 1 and 3.
"""

import logging
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.links import Links
from storefront.models import Album, AlbumPurchase, PaymentAttempt, PurchaseState, end_reading, writing
from storefront.money import Money
from storefront.payments import CreditCardProcessor
from storefront.payments.errors import PaymentError, PaymentInDoubt, PaymentRefused, PaymentUnavailable
from storefront.payments.results import PaymentStatus
from storefront.services.accounts.tokens import digest
from storefront.services.store import declining, settlement
from storefront.services.store.buyers import Visitor
from storefront.services.store.errors import (
    AlbumNotForSale,
    CardNotTaken,
    CheckoutUnavailable,
    OutcomeUnknown,
    PriceChanged,
    SentAlready,
    TokenNotOurs,
)
from storefront.services.store.ordering import Buyer, OrderBook
from storefront.services.store.transitions import UNSETTLED, move

log = logging.getLogger(__name__)

#: When the settling job looks for the first time.
FIRST_LOOK = timedelta(seconds=10)
#: Stripe's code for a request whose twin is still running.
KEY_IN_USE = "idempotency_key_in_use"
_MOST_ROUNDS = 4


class StoreService:
    """Sells albums. Takes what it works with, and never the request: it runs the same in a view, a job and a test."""

    def __init__(self, session: Session, processor: CreditCardProcessor, links: Links, orders: OrderBook) -> None:
        self.session = session
        self.processor = processor
        self.links = links
        self.orders = orders

    def purchase_album(self, album: Album, buyer: Buyer, shown: Money, stripe_token: str | None) -> AlbumPurchase:
        """Buys `album` for `shown`, the price that the buyer saw -> the purchase, in whatever state it now is.

        `stripe_token` is the card's one-time token ("ctoken_..."); None for a free album. A purchase that waits for an
        answer, or is paid, comes back as it is: nothing is sent again. Raises StoreError: nothing was charged. Raises
        SentAlready: another process is about to send it.
        """
        purchase = self.begin(album.id, buyer, shown)
        if purchase.state not in (PurchaseState.CREATED, PurchaseState.OPEN):
            return purchase
        if stripe_token is None:
            raise CardNotTaken("there is no token")
        declining.expect_few(self.session, self.processor, buyer, stripe_token, self.orders.now())
        if purchase.state == PurchaseState.CREATED:
            self._open(purchase)
        if purchase.state == PurchaseState.OPEN:
            self._confirm(purchase, buyer, stripe_token)
        return purchase

    def asks_stripe(self, album: Album, visitor: Visitor, shown: Money) -> bool:
        """Whether buying it now means calls to Stripe: not when it is free, paid, or waits for an answer already."""
        live = self.orders.find_live(album.id, visitor)
        return shown.amount > 0 if live is None else live.state in (PurchaseState.CREATED, PurchaseState.OPEN)

    def cancel(self, purchase: AlbumPurchase) -> AlbumPurchase:
        """For "another card" and "start again". It may turn out paid.

        Without an answer of Stripe's: CheckoutUnavailable if nothing of it was ever sent, else OutcomeUnknown.
        """
        try:
            return settlement.cancel(self.session, self.processor, purchase, self.orders.now(), somebody_waits=True)
        except PaymentError as error:
            self.session.refresh(purchase)
            if purchase.state in (PurchaseState.PAID, PurchaseState.CANCELED):
                return purchase  # somebody else has heard meanwhile how it ended
            if purchase.state in UNSETTLED:
                raise OutcomeUnknown(purchase) from error
            raise CheckoutUnavailable(str(error)) from error

    def look(self, purchase: AlbumPurchase) -> AlbumPurchase:
        """Asks Stripe how an unsettled purchase stands; without an answer nothing changes."""
        if purchase.state in UNSETTLED:
            try:
                settlement.retrieve_and_settle(
                    self.session, self.processor, purchase, self.orders.now(), somebody_waits=True
                )
            except PaymentError as error:
                log.warning("purchase %s: Stripe does not say how it stands: %s", purchase.public_id, error)
        return purchase

    def client_secret(self, purchase: AlbumPurchase) -> str | None:
        """What the 3-D Secure page needs of the intent; None when no action is required any more. Kept nowhere.

        Raises OutcomeUnknown without an answer of Stripe's: the bank may have said yes, and the card been charged.
        """
        assert purchase.stripe_payment_id is not None
        end_reading(self.session)
        try:
            result = self.processor.find_payment(purchase.stripe_payment_id, somebody_waits=True)
        except PaymentError as error:
            settlement.note_doubt(self.session, purchase, self.orders.now())
            raise OutcomeUnknown(purchase) from error
        return result.client_secret if result.raw_status == "requires_action" else None

    # -- commit 1

    def begin(self, album_id: int, buyer: Buyer, shown: Money) -> AlbumPurchase:
        """The row that stands for this album at this buyer: the one that is there, or a new one."""
        for _ in range(_MOST_ROUNDS):
            try:
                with writing(self.session):  # step: the purchase is on disk before anybody is asked for money
                    purchase = self.orders.find_or_insert(album_id, buyer, shown)
            except IntegrityError:
                continue  # another tab's row was first: use it
            if purchase.state in (PurchaseState.CREATED, PurchaseState.OPEN) and purchase.price != shown:
                self.cancel(purchase)
                continue
            return purchase
        raise CheckoutUnavailable("the purchase does not come to rest")

    # -- the first call, and commit 2

    def _open(self, purchase: AlbumPurchase) -> None:
        end_reading(self.session)
        try:
            payment_id = self.processor.open_payment(purchase.open_params, key=f"{purchase.public_id}:open")
        except PaymentError as error:
            self._give_up_opening(purchase, error)
            return
        with writing(self.session):  # step: the intent's id is on disk before any money can move
            self.session.refresh(purchase)
            if purchase.state == PurchaseState.CREATED:
                move(self.session, purchase, PurchaseState.OPEN, stripe_payment_id=payment_id)

    def _give_up_opening(self, purchase: AlbumPurchase, error: PaymentError) -> None:
        """It has confirmed nothing, so it ends here: its key would replay the error. Not while another tab opens it,
        which may be about to charge this very card."""
        with writing(self.session):  # step: canceled without Stripe
            self.session.refresh(purchase)
            if purchase.state == PurchaseState.CREATED and error.code != KEY_IN_USE:
                move(self.session, purchase, PurchaseState.CANCELED)
        if purchase.state == PurchaseState.CREATED:
            raise SentAlready(purchase) from error
        if purchase.state == PurchaseState.CANCELED:
            log.error("purchase %s: Stripe opens no payment: %s", purchase.public_id, error)
            raise CheckoutUnavailable(str(error)) from error

    # -- commit 3, the second call, and commit 4

    def _confirm(self, purchase: AlbumPurchase, buyer: Buyer, token: str) -> None:
        attempt = self._begin_attempt(purchase, buyer, token)
        if attempt is None:
            self.session.refresh(purchase)  # it may have moved since it was read
            return
        seen = settlement.Seen.of(purchase)
        assert purchase.stripe_payment_id is not None
        end_reading(self.session)
        try:
            result = self.processor.complete_stripe_purchase(
                token,
                purchase.price,
                payment_id=purchase.stripe_payment_id,
                key=attempt.idempotency_key,
                return_url=self.links.payment_return(purchase.public_id),
            )
        except PaymentUnavailable as error:
            self.look(purchase)  # what the network has sent twice may have run once
            if self._reopen(purchase, attempt, error):
                raise CheckoutUnavailable(str(error)) from error
        except PaymentRefused as error:
            self._look_after_refusal(purchase, seen, error)
        except PaymentInDoubt as error:
            self._look_in_doubt(purchase, error)
        else:
            if not settlement.settle(self.session, purchase, result, seen, self.orders.now(), own_answer=True):
                self.session.refresh(purchase)
            if result.status == PaymentStatus.DECLINED:
                declining.count_decline(self.session, buyer, result, self.orders.now())

    def _begin_attempt(self, purchase: AlbumPurchase, buyer: Buyer, token: str) -> PaymentAttempt | None:
        """The attempt, written before it is sent; None when another one is on its way already."""
        visitor, token_hash, now = buyer.visitor, digest(token), self.orders.now()
        try:
            with writing(self.session):  # step: the attempt is on disk before it is sent
                declining.take_buyers_turn(self.session, visitor)
                if self._is_paid_otherwise(purchase, visitor):
                    return None
                self.session.refresh(purchase)
                if purchase.state != PurchaseState.OPEN or self._token_is_used(purchase, token_hash):
                    return None
                self.orders.album_at(purchase.album_id, purchase.price)
                declining.expect_few_of_buyer(self.session, visitor, now)
                number = purchase.attempt + 1
                if not move(self.session, purchase, PurchaseState.CONFIRMING, attempt=number):
                    return None
                attempt = PaymentAttempt(
                    purchase_id=purchase.id,
                    number=number,
                    token_hash=token_hash,
                    idempotency_key=self.orders.random_id(),
                    sent_at=now,
                    address=buyer.address,
                )
                self.session.add(attempt)
                enqueue(
                    self.session,
                    "settle_purchase",
                    key=f"settle:{purchase.public_id}:{number}",
                    due=now + FIRST_LOOK,
                    purchase=purchase.public_id,
                    attempt=number,
                )
                return attempt
        except IntegrityError:
            self.session.refresh(purchase)
            return None if self._token_is_used(purchase, token_hash) else self._begin_attempt(purchase, buyer, token)
        except (AlbumNotForSale, PriceChanged):
            if self.cancel(purchase).state in (PurchaseState.OPEN, PurchaseState.CANCELED):
                raise
            return None  # another tab was quicker, and has paid or is about to

    def _is_paid_otherwise(self, purchase: AlbumPurchase, visitor: Visitor) -> bool:
        """Whether a row that was begun as a guest or at another device is paid, or may be any moment."""
        nearest = self.orders.find_live(purchase.album_id, visitor)
        return nearest is not None and nearest.id != purchase.id and nearest.state in (PurchaseState.PAID, *UNSETTLED)

    def _token_is_used(self, purchase: AlbumPurchase, token_hash: str) -> bool:
        used_by = self.session.scalar(select(PaymentAttempt.purchase_id).where(PaymentAttempt.token_hash == token_hash))
        if used_by is not None and used_by != purchase.id:
            log.error("ATTENTION purchase %s: its token was used for another purchase", purchase.public_id)
            raise TokenNotOurs
        return used_by is not None

    def _reopen(self, purchase: AlbumPurchase, attempt: PaymentAttempt, error: PaymentUnavailable) -> bool:
        """Stripe turned the one send away before doing anything; False: it was heard of all the same."""
        log.error("ATTENTION Stripe turned purchase %s away: %s", purchase.public_id, error)
        with writing(self.session):  # step: the attempt is over, another may begin
            self.session.refresh(purchase)
            if purchase.state != PurchaseState.CONFIRMING or purchase.attempt != attempt.number:
                return False
            move(self.session, purchase, PurchaseState.OPEN)
            self.session.execute(
                update(PaymentAttempt).where(PaymentAttempt.id == attempt.id).values(outcome="unavailable")
            )
        return True

    def _look_after_refusal(self, purchase: AlbumPurchase, seen: settlement.Seen, error: PaymentRefused) -> None:
        """Stripe refused the request. Before a word is said the intent is asked: another tab may have paid it."""
        log.warning("purchase %s: Stripe refused the token: %s (%s)", purchase.public_id, error.code, error)
        assert purchase.stripe_payment_id is not None
        try:
            result = self.processor.find_payment(purchase.stripe_payment_id, somebody_waits=True)
        except PaymentRefused as unknown:
            if {error.code, unknown.code} != {settlement.UNKNOWN}:
                return self._look_in_doubt(purchase, unknown)
            settlement.drop_unknown(self.session, purchase)  # so this attempt cannot have run
            raise CardNotTaken(settlement.UNKNOWN) from error
        except PaymentError as silence:
            return self._look_in_doubt(purchase, silence)
        result = replace(result, decline=None)  # an earlier attempt's
        settlement.settle(self.session, purchase, result, seen, self.orders.now(), own_answer=True)
        self.session.refresh(purchase)
        if purchase.state == PurchaseState.OPEN:
            raise CardNotTaken(error.code or "refused") from error
        return None

    def _look_in_doubt(self, purchase: AlbumPurchase, error: PaymentError) -> None:
        """Nobody knows whether it ran. Ask once; then the job goes on asking, and the buyer reads "we are checking"."""
        log.warning("purchase %s is in doubt: %s", purchase.public_id, error)
        self.look(purchase)
        if purchase.state == PurchaseState.CONFIRMING:
            settlement.note_doubt(self.session, purchase, self.orders.now())
