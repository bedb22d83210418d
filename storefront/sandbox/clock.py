"""The sandbox's own clock: the system's, moved by what a test asked for."""

import time


class Clock:
    """Seconds since the epoch; the shift is kept by the store, so that a restart does not undo it."""

    def __init__(self, shift: float = 0.0) -> None:
        self.shift = shift

    def time(self) -> float:
        """Now, with fractions."""
        return time.time() + self.shift

    def now(self) -> int:
        """Now, in whole seconds, as Stripe's `created` has it."""
        return int(self.time())
