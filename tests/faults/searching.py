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


def _seed(seed: int) -> Iterator[tuple[str, Violations]]:
    yield f"seed {seed}", runs.run(the_world(), seed).violations


def _function(number: int) -> Iterator[tuple[str, Violations]]:
    for played in every_fault(the_world(), FUNCTIONS[number]):
        yield f"function {number}", played.violations


def _meeting(number: int) -> Iterator[tuple[str, Violations]]:
    for played in every_order(the_world(), MEETINGS[number]):
        yield f"meeting {number}", played.violations


PLACES: dict[str, Callable[[int], Iterator[tuple[str, Violations]]]] = {
    "seed": _seed,
    "function": _function,
    "meeting": _meeting,
}


def everywhere(hint: str) -> Iterator[tuple[str, Violations]]:
    """The hint's place, and then everything."""
    if hint:
        kind, number = hint.split()
        yield from PLACES[kind](int(number))
    for number in range(60):
        yield from _seed(number)
    for number in range(len(MEETINGS)):
        yield from _meeting(number)
    for number in range(len(FUNCTIONS)):
        yield from _function(number)
    for number in range(60, 100_000):
        yield from _seed(number)


def search(hint: str) -> str:
    """What was wrong, and where; empty when nothing was in PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    try:
        for place, violations in tidily(everywhere(hint)):
            if violations:
                return f"{place}: {violations[0][0]} {violations[0][1]}"
            if time.monotonic() > end:
                break
    except Exception:  # a mutant may break the shop so that it says so itself
        last = traceback.format_exc().strip().splitlines()[-1]
        return f"an error that nobody caught: {last}"
    return ""
