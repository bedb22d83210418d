"""Two clocks: the one on Stripe's wall, which only goes forward, and the shop's, which somebody may set wrong."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Self

import time_machine

#: Where every run begins. Any moment would do; this one is in no change to or from summer time.
BEGINNING = datetime(2026, 6, 1, 9, tzinfo=UTC).timestamp()


class Clock:
    """Time in seconds since 1970, which passes only when it is told to."""

    def __init__(self, machine: time_machine.Traveller) -> None:
        self._machine = machine
        self.true = BEGINNING
        #: How far the shop's clock is ahead of the true time, in seconds.
        self.skew = 0.0
        #: Told whenever the skew changes.
        self.on_skew: Callable[[float], None] = lambda skew: None

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        """All of Python's clocks, replaced by this one."""
        with time_machine.travel(BEGINNING, tick=False) as machine:
            yield cls(machine)

    def start_again(self, at: float | None = None) -> None:
        """At that true time, or at the beginning; nobody has set it wrong."""
        self.true, self.skew = at or BEGINNING, 0.0
        self._set()

    def advance(self, seconds: float) -> None:
        self.true += seconds
        self._set()

    def set_wrong(self, seconds: float) -> None:
        """The shop's clock is so far ahead from now on."""
        self.skew = seconds
        self._set()
        self.on_skew(seconds)

    def _set(self) -> None:
        self._machine.move_to(self.true + self.skew)
