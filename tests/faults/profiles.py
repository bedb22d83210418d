"""Which of the shop's safety nets are up in a run: all of them, or one alone, which then must save what it is for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from storefront.jobs import Task
from storefront.tasks import TASKS
from tests.faults.kinds import Kind

#: Kinds of jobs by the net that they are.
SETTLING = frozenset({"settle_purchase", "close_purchase", "settle_aftermath", "settle_refund"})
EVENTS = frozenset({"handle_event"})
SWEEPER = frozenset({"sweep"})
RECONCILIATION = frozenset(name for name in TASKS if name.startswith("reconcile"))
ALWAYS = frozenset({"send_mail"})

#: What nobody can repair who is not told: these need the nets that look by themselves.
_ENDINGS = frozenset({"I4"})
_BOOKS = frozenset({"I7", "I8", "I9", "F5", "F10"})
_NETWORK = frozenset(
    {Kind.REQUEST_LOST, Kind.ANSWER_LOST, Kind.DELAYED, Kind.SAVED_500, Kind.UNSAVED_500, Kind.LIMITED,
     Kind.LOCK_TIMEOUT, Kind.KEY_IN_USE, Kind.CUT, Kind.NONSENSE}
)  # fmt: skip
_CRASHES = frozenset(
    {Kind.CRASH, Kind.PROCESS_CRASH, Kind.POWER_LOSS, Kind.RESTORED_BACKUP, Kind.BUSY, Kind.COMMIT_FAILS}
)
_REWINDS = frozenset({Kind.POWER_LOSS, Kind.RESTORED_BACKUP})


@dataclass(frozen=True)
class Profile:
    """A set of nets."""

    name: str
    jobs: frozenset[str]
    webhooks: bool
    #: Whether requests of buyers get Stripe's answers about what they pay.
    answers: bool
    #: Faults from which these nets are not there to save.
    without: frozenset[Kind] = frozenset()
    #: Invariants that these nets are not there to keep.
    not_held: frozenset[str] = frozenset()
    #: How many of so many runs have this profile.
    share: int = 1

    @property
    def tasks(self) -> Mapping[str, Task]:
        return {name: task for name, task in TASKS.items() if name in self.jobs | ALWAYS}


#: The nightly one is the hourly one with a longer arm.
HOURLY = RECONCILIATION - {"reconcile_nightly"}

ALL = Profile("all nets", SETTLING | EVENTS | SWEEPER | HOURLY, webhooks=True, answers=True, share=8)
#: For a single purchase that nobody loses sight of: the lists alone would find again what another net has dropped.
WITHOUT_LISTS = replace(ALL, name="all nets but the lists", jobs=ALL.jobs - {"reconcile_hourly"})
ANSWER = Profile(
    "answers alone",
    frozenset(),
    webhooks=False,
    answers=True,
    without=_NETWORK
    | _CRASHES
    | {Kind.BANK_NEVER, Kind.TAB_CLOSED, Kind.REFUND_IN_DASHBOARD, Kind.DISPUTE, Kind.STRAY_CHARGE},
    not_held=_ENDINGS | _BOOKS,
)
WEBHOOKS = Profile(
    "webhooks alone",
    EVENTS,
    webhooks=True,
    answers=False,
    without=_REWINDS | {Kind.EVENT_LOST, Kind.CLOCK_STEP, Kind.REFUND_IN_SHOP, Kind.STRAY_CHARGE},
    not_held=_ENDINGS,
)
SWEEP = Profile(
    "sweeper alone",
    SWEEPER,
    webhooks=False,
    answers=False,
    without=_REWINDS | {Kind.REFUND_IN_DASHBOARD, Kind.DISPUTE, Kind.STRAY_CHARGE},
    not_held=frozenset({"I9"}),
)
LISTS = Profile("list reconciliation alone", RECONCILIATION, webhooks=False, answers=False, not_held=_ENDINGS)

PROFILES = (ALL, ANSWER, WEBHOOKS, SWEEP, *([LISTS] if RECONCILIATION else []))
