"""The clock's door: what runs when it falls due. A short function for each kind of job, and the table of kinds."""

from storefront.jobs import Task, Worker
from storefront.tasks import mail, payments, production, upkeep, uploads
from storefront.wiring import Wiring

TASKS: dict[str, Task] = {**payments.TASKS, **mail.TASKS, **production.TASKS, **uploads.TASKS, **upkeep.TASKS}


def make_worker(wiring: Wiring) -> Worker:
    """A worker for every kind of job; it is not started."""
    return Worker(wiring.sessions, TASKS, wiring)
