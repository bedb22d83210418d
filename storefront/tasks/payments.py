"""Jobs that look after purchases and Stripe's messages."""

from datetime import timedelta

from storefront.jobs import Lane, Task
from storefront.services.store.aftermath import answers, refunds
from storefront.services.store.nets import aftercare, inbox
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


def settle_aftermath(wiring: Wiring, purchase: str) -> timedelta | None:
    """Writes down what Stripe has booked of a purchase, once it has."""
    with wiring.sessions() as session:
        return aftercare.settle_books(session, wiring.processor, purchase, utc_now())


def settle_refund(wiring: Wiring, refund: str) -> timedelta | None:
    """Asks Stripe for a refund, until it has decided."""
    with wiring.sessions() as session:
        return refunds.settle_refund(session, wiring.processor, refund, utc_now())


def settle_answer(wiring: Wiring, answer: str) -> timedelta | None:
    """Sends the answer to a dispute, until Stripe has it."""
    with wiring.sessions() as session:
        return answers.settle_answer(session, wiring.processor, answer, utc_now())


def handle_event(wiring: Wiring, event: str) -> timedelta | None:
    """Looks up what a message of Stripe's is about."""
    with wiring.sessions() as session:
        return inbox.handle(session, wiring.processor, event, utc_now())


TASKS = {
    "settle_purchase": Task(settle_purchase, Lane.MONEY),
    "close_purchase": Task(close_purchase, Lane.MONEY),
    "settle_aftermath": Task(settle_aftermath, Lane.MONEY),
    "settle_refund": Task(settle_refund, Lane.MONEY),
    "settle_answer": Task(settle_answer, Lane.MONEY),
    "handle_event": Task(handle_event, Lane.MONEY),
}
