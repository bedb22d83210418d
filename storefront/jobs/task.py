"""What a kind of job is: a function, the lane it runs in, and how long and how often it may try."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


class Lane(StrEnum):
    """Each lane has a thread of its own, so that neither music, a slow mail server nor a long list delays money."""

    MONEY = "money"
    #: What looks whether the others have let something fall.
    SWEEPER = "sweeper"
    #: What goes through long lists at Stripe.
    BOOKS = "books"
    MAIL = "mail"
    MEDIA = "media"
    #: Uploads to be read, while somebody looks on; an album in the making may take longer.
    INTAKE = "intake"


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of job.

    `run` is called with whatever the worker was given (the wiring) and the job's args. It may be called again for the
    same job, after a crash or a lease that ended, so it must not mind. It returns None when the work is done, or a
    timedelta after which to call it again. An exception is kept in the row, and the job tries again with back-off until
    `tries`.
    """

    run: Callable[..., timedelta | None]
    lane: Lane
    lease: timedelta = timedelta(minutes=2)
    tries: int = 20
    #: How often it runs by itself, without being asked for; such a task takes no args.
    every: timedelta | None = None

    def __call__(self, wiring: Any, args: dict[str, Any]) -> timedelta | None:
        return self.run(wiring, **args)
