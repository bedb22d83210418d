"""What a running sandbox consists of, made once and handed to every part of it."""

import random
import threading
from contextlib import AbstractContextManager

from . import ids, schedule
from .call import Call
from .clock import Clock
from .idempotency import Idempotency
from .settings import Settings
from .store import Store


class Service:
    """The sandbox behind its pages."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.database, settings.synchronous)
        self.clock = Clock(float(self.store.setting("clock_shift", "0")))
        self.idempotency = Idempotency(self.store)
        self._seed = settings.seed
        #: What ids are drawn from.
        self.random = self._new_random()
        #: set when there may be something to do in the background
        self.wake = threading.Event()

    def call(self, address: str = "") -> Call:
        """The sandbox acting at this moment, for nobody's request."""
        return Call(store=self.store, settings=self.settings, now=self.clock.now(), address=address)

    def drawing(self) -> AbstractContextManager[None]:
        """Ids that are made meanwhile are those of the settings' seed, if there is one."""
        return ids.drawn_from(self.random)

    def settle_due(self) -> None:
        """Do what the time has come for, outside of any request."""
        with self.drawing():
            schedule.do_due(self.call())

    def shift_clock(self, seconds: float) -> None:
        """Move the clock; the shift outlives the process."""
        self.clock.shift += seconds
        with self.store.transaction():
            self.store.keep_setting("clock_shift", str(self.clock.shift))
        self.wake.set()

    def reset(self, seed: str | None = None) -> None:
        """An account as new: no objects, no answers, no faults, the system's time; another seed if one is given."""
        self._seed = seed or self._seed
        with self.store.transaction():
            self.store.clear()
        self.clock.shift = 0.0
        self.random = self._new_random()

    def _new_random(self) -> random.Random:
        """A sandbox that is started again on its file goes on with other ids."""
        return random.Random(f"{self._seed} {self.store.count()}") if self._seed else ids.SYSTEM
