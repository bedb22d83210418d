"""How many of the server's threads may wait for Stripe at once: buyers who wait leave the pages quick.

Three quarters of the threads may, and another eighth may wait for their turn, for a while. Whoever comes then is told
at once that the shop is busy, before anything is sent or written. The rest of the threads is everybody else's.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from pyramid.config import Configurator

from storefront.web.request import ShopRequest

#: Seconds that somebody waits for a turn.
PATIENCE = 5.0
#: Where the server says how many threads it has; serving.py does, and for others it is a guess.
THREADS = "storefront.threads"
THREADS_OF_OTHERS = 16


class Busy(Exception):
    """As many as may wait for Stripe do. Nothing was sent, and nothing was written."""


class AlreadyInside(Busy):
    """The same was asked for before, and waits for its answer: once is enough."""


class Slots:
    """Counts who waits for Stripe in this process; who comes first is first. Safe to share between threads."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._taken = 0
        self._queue: deque[threading.Event] = deque()
        self._inside: set[str] = set()

    def __contains__(self, purpose: str) -> bool:
        """Whether somebody holds a slot, or waits for one, for this."""
        return purpose in self._inside

    @contextmanager
    def hold(self, threads: int, purpose: str) -> Iterator[None]:
        """Holds one of the slots that a server of so many threads has, once for each purpose. Raises Busy."""
        with self._lock:
            if purpose in self._inside:
                raise AlreadyInside
            self._inside.add(purpose)
        try:
            self._enter(most=max(1, threads * 3 // 4), most_waiting=threads // 8)
            try:
                yield
            finally:
                self._leave()
        finally:
            self._inside.discard(purpose)

    def _enter(self, most: int, most_waiting: int) -> None:
        with self._lock:
            if self._taken < most:
                self._taken += 1
                return
            if len(self._queue) >= most_waiting:
                raise Busy
            turn = threading.Event()
            self._queue.append(turn)
        if not turn.wait(self._patience):
            self._give_up(turn)

    def _give_up(self, turn: threading.Event) -> None:
        with self._lock:
            if turn in self._queue:  # else it was handed a slot this very moment
                self._queue.remove(turn)
                raise Busy

    def _leave(self) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().set()  # the slot is handed on
            else:
                self._taken -= 1


@contextmanager
def stripe_slot(request: ShopRequest, purpose: str, *, needed: bool) -> Iterator[None]:
    """Around whatever calls Stripe; where none is `needed`, it does nothing. Raises Busy.

    Whoever waits holds no connection to the database meanwhile. `purpose` names what is asked for: a second press of
    the same button takes no second slot.
    """
    if not needed:
        yield
        return
    request.let_go()
    with slots_of(request).hold(request.environ.get(THREADS, THREADS_OF_OTHERS), purpose):
        yield


def slots_of(request: ShopRequest) -> Slots:
    """This process's."""
    slots: Slots = request.registry.stripe_slots
    return slots


def includeme(config: Configurator) -> None:
    config.registry.stripe_slots = Slots()
