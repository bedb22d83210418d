"""Looks for anything wrong with the shop on sys.path.

A hint names where a mutant was found before ("seed 17", "function refund", "meeting 3"): that is tried first.
"""

import time
import traceback
from collections.abc import Callable, Iterator

from tests.faults import runs
from tests.faults.exhaustive import every_fault, every_order
from tests.faults.hunting import PATIENCE
from tests.faults.scenarios import FUNCTIONS, MEETINGS
from tests.faults.work import the_world, tidily

Violations = list[tuple[str, str]]


def _seed(seed: int) -> Iterator[Violations]:
    yield runs.run(the_world(), seed).violations


def _function(number: int) -> Iterator[Violations]:
    for played in every_fault(the_world(), FUNCTIONS[number]):
        yield played.violations


def _meeting(number: int) -> Iterator[Violations]:
    for played in every_order(the_world(), MEETINGS[number]):
        yield played.violations


PLACES: dict[str, Callable[[int], Iterator[Violations]]] = {
    "seed": _seed,
    "function": _function,
    "meeting": _meeting,
}


def everywhere(hint: str) -> Iterator[str]:
    """The hint's place, and then every other."""
    if hint:
        yield hint
    yield from (f"seed {number}" for number in range(100))
    yield from (f"function {number}" for number in range(len(FUNCTIONS)))
    yield from (f"meeting {number}" for number in range(len(MEETINGS)))
    yield from (f"seed {number}" for number in range(100, 100_000))


def played(hint: str) -> Iterator[tuple[str, Violations]]:
    """What was wrong in each play, and where. A mutant may break the shop so that it says so itself."""
    for place in everywhere(hint):
        kind, number = place.split()
        try:
            for violations in PLACES[kind](int(number)):
                yield place, violations
        except Exception:
            yield place, [("an error that nobody caught:", traceback.format_exc().strip().splitlines()[-1])]


def search(hint: str) -> str:
    """What was wrong, and where; empty when nothing was in PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    for place, violations in tidily(played(hint)):
        if violations:
            return f"{place}: {' '.join(violations[0])}"
        if time.monotonic() > end:
            break
    return ""
