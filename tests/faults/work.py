"""Pieces of work for a process: each runs in the one world that its process has, and returns a report."""

import atexit
import gc
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TypeVar

from tests.faults import runs
from tests.faults.clock import Clock
from tests.faults.exhaustive import Played, every_fault, every_order
from tests.faults.folders import fast_folder
from tests.faults.profiles import PROFILES
from tests.faults.reports import Report
from tests.faults.scenarios import FUNCTIONS, MEETINGS
from tests.faults.world import World

Item = TypeVar("Item")


@cache
def the_world() -> World:
    """This process's, in memory where the system has such a folder; gone at its end, or when it is left."""
    folder = _around.enter_context(tempfile.TemporaryDirectory(prefix="storefront-faults-", dir=fast_folder()))
    warnings.simplefilter("ignore")
    clock = _around.enter_context(Clock.running())
    world = World(Path(folder), clock)
    _around.callback(world.close)
    return world


#: What has to be undone when the world is left: while there is one, the whole process has its time.
_around = ExitStack()
atexit.register(_around.close)


def leave_the_world() -> None:
    """Back to the system's time, and its log. Whoever asks for the world again gets a new one."""
    _around.close()
    the_world.cache_clear()


def simulate(seeds: Iterable[int], profile: str | None = None) -> Report:
    """Tier 1: a run of each seed."""
    world, report, begin = the_world(), Report(), time.perf_counter()
    chosen = next((each for each in PROFILES if each.name == profile), None)
    for seed in tidily(seeds):
        outcome = runs.run(world, seed, chosen)
        report.runs += 1
        report.steps += outcome.steps
        report.fired += Counter({str(kind): count for kind, count in outcome.fired.items()})
        report.passed |= outcome.passed
        report.profiles[outcome.profile] += 1
        report.violations += [(f"make faults SEED={seed}", name, what) for name, what in outcome.violations]
    report.seconds = time.perf_counter() - begin
    return report


def tidily(items: Iterable[Item]) -> Iterator[Item]:
    """One after the other, without the garbage collector but now and then: it takes a fifth of the time."""
    gc.disable()
    try:
        for number, item in enumerate(items):
            if number % 40 == 39:
                gc.collect()
            yield item
    finally:
        gc.enable()


def fail_everywhere(number: int) -> Report:
    """Tier 4: every call of one money function fails in every way."""
    return _of(every_fault(the_world(), FUNCTIONS[number]))


def meet(number: int) -> Report:
    """Tier 4: two hands on one purchase, in every order with at most two switches."""
    return _of(every_order(the_world(), MEETINGS[number]))


def _of(played: Iterable[Played]) -> Report:
    report, begin = Report(), time.perf_counter()
    for each in tidily(played):
        report.runs += 1
        report.passed |= each.passed
        report.fired += Counter({str(kind): count for kind, count in each.fired.items()})
        report.steps += each.steps
        report.violations += [(each.name, name, what) for name, what in each.violations]
    report.seconds = time.perf_counter() - begin
    return report
