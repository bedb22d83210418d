"""What a running sandbox consists of, made once and handed to every part of it."""

import threading

from .call import Call
from .clock import Clock
from .idempotency import Idempotency
from .settings import Settings
from .store import Store


class Service:
    """The sandbox behind its pages."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.database)
        self.clock = Clock(float(self.store.setting("clock_shift", "0")))
        self.idempotency = Idempotency(self.store)
        #: set when there may be something to do in the background
        self.wake = threading.Event()

    def call(self, address: str = "") -> Call:
        """The sandbox acting at this moment, for nobody's request."""
        return Call(store=self.store, settings=self.settings, now=self.clock.now(), address=address)

    def shift_clock(self, seconds: float) -> None:
        """Move the clock; the shift outlives the process."""
        self.clock.shift += seconds
        with self.store.transaction():
            self.store.keep_setting("clock_shift", str(self.clock.shift))
        self.wake.set()

    def reset(self) -> None:
        """An account as new: no objects, no answers, no faults, the system's time."""
        with self.store.transaction():
            self.store.clear()
        self.clock.shift = 0.0
