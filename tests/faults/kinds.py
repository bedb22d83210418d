"""What can go wrong, how often in a run, and the mix of it that each seed draws for itself."""

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """Faults, by where they happen."""

    # anywhere
    CRASH = "crash of one request or job"
    PROCESS_CRASH = "crash of a process"
    POWER_LOSS = "power loss, the last commits gone"
    RESTORED_BACKUP = "restored backup"
    CLOCK_STEP = "clock step"
    # the database
    BUSY = "database is locked"
    COMMIT_FAILS = "commit fails"
    # a call to Stripe
    REQUEST_LOST = "request lost"
    ANSWER_LOST = "answer lost"
    DELAYED = "request runs late"
    SAVED_500 = "500, executed and saved"
    UNSAVED_500 = "500, nothing ran"
    LIMITED = "429"
    LOCK_TIMEOUT = "lock_timeout"
    KEY_IN_USE = "409"
    CUT = "answer cut short"
    NONSENSE = "200 that is no JSON"
    # mail
    SMTP_DOWN = "mail server down"
    REPLY_LOST = "mail server's reply lost"
    # files
    FILE_UNREADABLE = "file unreadable"
    # events on their way
    EVENT_LOST = "webhook lost"
    EVENT_TWICE = "webhook twice"
    EVENT_LATE = "webhook late"
    EVENT_EARLIER = "webhook overtakes another"
    # people
    DOUBLE_CLICK = "double click"
    TWO_TABS = "two tabs, two tokens"
    BANK_LATE = "3-D Secure late"
    BANK_NEVER = "3-D Secure never"
    TAB_CLOSED = "tab closed"
    PRICE_CHANGE = "price change"
    WITHDRAWN_ALBUM = "album withdrawn"
    REFUND_IN_SHOP = "refund in the shop"
    REFUND_IN_DASHBOARD = "refund in the dashboard"
    DISPUTE = "dispute"
    CHEAT = "cheat"
    TAMPERED = "amount changed in the dashboard"
    STRAY_CHARGE = "charge past the shop"


#: Chance at each place where it can happen, before the swarm's factor.
RATES: dict[Kind, float] = {
    Kind.CRASH: 0.008,
    Kind.PROCESS_CRASH: 0.004,
    Kind.POWER_LOSS: 0.002,
    Kind.RESTORED_BACKUP: 0.003,
    Kind.CLOCK_STEP: 0.25,
    Kind.BUSY: 0.01,
    Kind.COMMIT_FAILS: 0.01,
    Kind.REQUEST_LOST: 0.02,
    Kind.ANSWER_LOST: 0.02,
    Kind.DELAYED: 0.015,
    Kind.SAVED_500: 0.01,
    Kind.UNSAVED_500: 0.01,
    Kind.LIMITED: 0.01,
    Kind.LOCK_TIMEOUT: 0.01,
    Kind.KEY_IN_USE: 0.01,
    Kind.CUT: 0.01,
    Kind.NONSENSE: 0.01,
    Kind.SMTP_DOWN: 0.06,
    Kind.REPLY_LOST: 0.06,
    Kind.FILE_UNREADABLE: 0.1,
    Kind.EVENT_LOST: 0.06,
    Kind.EVENT_TWICE: 0.06,
    Kind.EVENT_LATE: 0.06,
    Kind.EVENT_EARLIER: 0.1,
    Kind.DOUBLE_CLICK: 0.12,
    Kind.TWO_TABS: 0.12,
    Kind.BANK_LATE: 0.4,
    Kind.BANK_NEVER: 0.25,
    Kind.TAB_CLOSED: 0.1,
    Kind.PRICE_CHANGE: 0.1,
    Kind.WITHDRAWN_ALBUM: 0.06,
    Kind.REFUND_IN_SHOP: 0.25,
    Kind.REFUND_IN_DASHBOARD: 0.3,
    Kind.DISPUTE: 0.2,
    Kind.CHEAT: 0.15,
    Kind.TAMPERED: 0.1,
    Kind.STRAY_CHARGE: 0.6,
}


@dataclass(frozen=True)
class Mix:
    """Which faults a run has, and how often: swarm testing, so that rare pairs meet.

    https://users.cs.utah.edu/~regehr/papers/swarm12.pdf
    """

    rates: dict[Kind, float]

    @classmethod
    def draw(cls, random: random.Random, *, without: frozenset[Kind] = frozenset()) -> Self:
        """Each rate times 0, 1 or 5."""
        drawn = {kind: rate * random.choice((0, 1, 5)) for kind, rate in RATES.items()}
        return cls({kind: 0.0 if kind in without else min(rate, 0.8) for kind, rate in drawn.items()})
