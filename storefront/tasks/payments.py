"""Jobs that look after purchases and Stripe's messages."""

from datetime import timedelta

from storefront.jobs import Lane, Task
from storefront.services.store import aftercare
from storefront.services.store.ordering import utc_now
from storefront.wiring import Wiring


def settle_purchase(wiring: Wiring, purchase: str, attempt: int) -> timedelta | None:
    """Asks Stripe how an attempt ended, until it has."""
    with wiring.sessions() as session:
        return aftercare.settle_attempt(session, wiring.processor, purchase, attempt, utc_now())


def close_purchase(wiring: Wiring, purchase: str) -> timedelta | None:
    """Cancels what was begun and never paid."""
    with wiring.sessions() as session:
        return aftercare.close_unpaid(session, wiring.processor, purchase, utc_now())


def book_fee(wiring: Wiring, purchase: str) -> timedelta | None:
    """Writes down Stripe's fee, once it is known."""
    with wiring.sessions() as session:
        return aftercare.book_fee(session, wiring.processor, purchase, utc_now())


TASKS = {
    "settle_purchase": Task(settle_purchase, Lane.MONEY),
    "close_purchase": Task(close_purchase, Lane.MONEY),
    "book_fee": Task(book_fee, Lane.MONEY),
}
