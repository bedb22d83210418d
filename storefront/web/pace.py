"""How often the same may be asked for: a page that loads itself again and again costs others nothing.

Counted in this process's memory, since the answer to too much must cost less than what was asked for.
"""

import threading
from time import monotonic

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPTooManyRequests

from storefront.web.request import ShopRequest

#: So many in any so many seconds; the pages ask for themselves every three.
MOST, SECONDS = 30, 10.0
#: More than this many subjects are not remembered: then all begin anew.
MOST_SUBJECTS = 10_000


class Pace:
    """Counts in windows of time, each subject by itself. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}

    def wait(self, subject: str, now: float) -> float | None:
        """Counts one; seconds until the next when it was one too many, else None. `now` in seconds from any moment."""
        with self._lock:
            if len(self._windows) > MOST_SUBJECTS:
                self._windows.clear()
            start, count = self._windows.get(subject, (now, 0))
            if now - start >= SECONDS:
                start, count = now, 0
            self._windows[subject] = start, count + 1
        return start + SECONDS - now if count >= MOST else None


def keep_pace(request: ShopRequest, subject: str) -> None:
    """Raises HTTPTooManyRequests (429, with Retry-After) when the subject was asked for too often."""
    pace: Pace = request.registry.pace
    wait = pace.wait(subject, monotonic())
    if wait is not None:
        raise HTTPTooManyRequests(headers=[("Retry-After", str(int(wait) + 1))])


def includeme(config: Configurator) -> None:
    config.registry.pace = Pace()
