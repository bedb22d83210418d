"""A short form of the simulation: some seeds with every profile, and that a seed is the same run again."""

import logging
import time

from tests.faults.runs import run
from tests.faults.work import leave_the_world, simulate, the_world

SEEDS = range(24)


def test_nothing_is_violated() -> None:
    report = simulate(SEEDS)
    assert report.violations == []
    assert len(report.profiles) == 5
    assert sum(report.fired.values()) > 100


def test_a_seed_is_the_same_run_again() -> None:
    world = the_world()
    assert run(world, 12).fingerprint == run(world, 12).fingerprint


def test_nothing_of_it_is_left_behind() -> None:
    the_world()
    assert logging.getLogger("storefront").handlers
    leave_the_world()
    before = time.time()
    time.sleep(0.01)
    assert time.time() > before
    assert logging.getLogger("storefront").propagate
    assert the_world().clock.true
