"""Too many declined cards are slowed: whoever tries stolen numbers needs hundreds of tries, a buyer a few.

An account's or a browser's declines are its attempts, those that are still in the air included, so that many at once
are no way round. A card's and a network address's are counted beside. What succeeds counts nowhere, and nobody waits
for what another account at the same address did, unless very many did it.
https://docs.stripe.com/disputes/prevention/card-testing
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from storefront.models import AlbumPurchase, CountedTry, PaymentAttempt, end_reading, writing
from storefront.payments import CreditCardProcessor
from storefront.payments.errors import PaymentError
from storefront.payments.results import ChargeResult
from storefront.services.accounts.limits import Limit, TooManyTries, count, expect_room, take_turns
from storefront.services.store.buyers import Visitor
from storefront.services.store.errors import TooManyDeclines
from storefront.services.store.ordering import Buyer

log = logging.getLogger(__name__)

PERIOD = timedelta(minutes=10)
MOST_OF_A_BUYER = 10
MOST_OF_A_CARD = 10
#: Many people may share an address.
MOST_OF_A_NETWORK = 50
_CARD = "decline card "


def expect_few(session: Session, processor: CreditCardProcessor, buyer: Buyer, token: str, now: datetime) -> None:
    """Before anything is sent. Raises TooManyDeclines.

    Which card is behind the `token`, Stripe is only asked while there is one that has to rest.
    """
    expect_few_of_buyer(session, buyer.visitor, now)
    try:
        expect_room(session, [_network(buyer)], now)
    except TooManyTries as error:
        raise TooManyDeclines(error.wait) from error
    resting = _resting_cards(session, now)
    end_reading(session)
    if resting and (wait := resting.get(_fingerprint(processor, token))):
        raise TooManyDeclines(wait)


def expect_few_of_buyer(session: Session, visitor: Visitor, now: datetime) -> None:
    """Raises TooManyDeclines. In the writing step that begins an attempt, it is exact."""
    times = _tries_of_buyer(session, visitor, now)
    if len(times) == MOST_OF_A_BUYER:
        raise TooManyDeclines(times[-1] + PERIOD - now)


def take_buyers_turn(session: Session, visitor: Visitor) -> None:
    """Until the writing step ends, no other attempt of this visitor's begins."""
    take_turns(session, [f"decline {key}" for key in visitor.keys])


def count_decline(session: Session, buyer: Buyer, result: ChargeResult, now: datetime) -> None:
    """Of the card and the address; the attempt itself is the buyer's."""
    card = [Limit(f"{_CARD}{result.card.fingerprint}", MOST_OF_A_CARD, PERIOD)] if result.card else []
    with writing(session):  # step: what was declined is counted
        count(session, [*card, _network(buyer)], now)


def _network(buyer: Buyer) -> Limit:
    return Limit(f"decline network {buyer.network}", MOST_OF_A_NETWORK, PERIOD)


def _tries_of_buyer(session: Session, visitor: Visitor, now: datetime) -> Sequence[datetime]:
    """When the last MOST_OF_A_BUYER were sent that were declined, or may be yet; newest first."""
    mine: list[ColumnElement[bool]] = [AlbumPurchase.buyer_key.in_(visitor.keys)]
    if visitor.account:
        mine.append(AlbumPurchase.account_id == visitor.account.id)
    return session.scalars(
        select(PaymentAttempt.sent_at)
        .join(AlbumPurchase, AlbumPurchase.id == PaymentAttempt.purchase_id)
        .where(
            or_(*mine),
            PaymentAttempt.sent_at > now - PERIOD,
            or_(PaymentAttempt.outcome == "declined", PaymentAttempt.outcome.is_(None)),
        )
        .order_by(PaymentAttempt.sent_at.desc())
        .limit(MOST_OF_A_BUYER)
    ).all()


def _resting_cards(session: Session, now: datetime) -> dict[str | None, timedelta]:
    """The fingerprints of cards that were declined too often, and for how long they rest."""
    rows = session.execute(
        select(CountedTry.subject, func.min(CountedTry.at))
        .where(CountedTry.at > now - PERIOD, CountedTry.subject.startswith(_CARD))
        .group_by(CountedTry.subject)
        .having(func.count() >= MOST_OF_A_CARD)
    )
    return {subject.removeprefix(_CARD): first + PERIOD - now for subject, first in rows}


def _fingerprint(processor: CreditCardProcessor, token: str) -> str | None:
    """Of the card behind a token; without an answer the purchase goes on, and Stripe looks at the token itself."""
    try:
        card = processor.find_card(token)
    except PaymentError as error:
        log.warning("Stripe does not say which card it is: %s", error)
        return None
    return card.fingerprint if card else None
