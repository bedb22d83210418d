"""Leases that are kept while their tasks run: one thread of the process renews them all.

A thread for each job would cost more than most jobs do.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from storefront.jobs import queue
from storefront.models import Job

log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Held:
    sessions: sessionmaker[Session]
    job: Job
    lease: timedelta
    over: bool = False
    #: Whoever ends the holding waits for a renewal that has begun.
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.set_due()

    def set_due(self) -> None:
        """Long enough before its end that one renewal may fail."""
        self.due = time.monotonic() + self.lease.total_seconds() / 3

    def renew(self) -> None:
        with self.lock:
            if self.over:
                return
            try:
                with self.sessions() as session:
                    queue.renew(session, self.job, datetime.now(UTC), self.lease)
            except Exception:  # the next time may be in time still
                log.exception("a lease could not be renewed")
            self.set_due()


class _Renewer:
    """The thread, which begins with the first job and sleeps while there is none."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: set[_Held] = set()
        self._thread: threading.Thread | None = None
        #: When the thread looks again, by time.monotonic().
        self._looks = float("inf")

    def add(self, held: _Held) -> None:
        with self._changed:
            self._held.add(held)
            if self._thread is None or not self._thread.is_alive():  # it does not live on in a forked process
                self._thread = threading.Thread(target=self._keep, name="lease-renewal", daemon=True)
                self._thread.start()
            elif held.due < self._looks:
                self._changed.notify()

    def remove(self, held: _Held) -> None:
        with self._changed:
            self._held.discard(held)
        with held.lock:
            held.over = True

    def _keep(self) -> None:
        while True:
            with self._changed:
                self._looks = min((held.due for held in self._held), default=float("inf"))
                wait = self._looks - time.monotonic()
                if wait > 0:
                    self._changed.wait(min(wait, threading.TIMEOUT_MAX))
                now = time.monotonic()
                due = [held for held in self._held if held.due <= now]
            for held in due:
                held.renew()


_renewer = _Renewer()


@contextmanager
def renewed(sessions: sessionmaker[Session], job: Job, lease: timedelta) -> Iterator[None]:
    """Keeps a claimed job ours until the end of the block."""
    held = _Held(sessions, job, lease)
    _renewer.add(held)
    try:
        yield
    finally:
        _renewer.remove(held)
