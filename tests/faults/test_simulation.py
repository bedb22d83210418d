"""A short form of the simulation: some seeds with every profile, and that a seed is the same run again."""

from tests.faults.runs import run
from tests.faults.work import simulate, the_world

SEEDS = range(24)


def test_nothing_is_violated() -> None:
    report = simulate(SEEDS)
    assert report.violations == []
    assert len(report.profiles) == 5
    assert sum(report.fired.values()) > 100


def test_a_seed_is_the_same_run_again() -> None:
    world = the_world()
    assert run(world, 12).fingerprint == run(world, 12).fingerprint
