"""Planted faults: each patch fits the shop as it is, and some of them are found. `make faults` hunts them all."""

from tests.faults import hunting
from tests.faults.hunting import PROBLEMS, hunt


def test_every_patch_fits() -> None:
    assert len(hunting.names()) >= 20
    assert hunting.unfit() == {}


def test_they_are_found() -> None:
    hunts = hunt(["constant_key", "sells_while_closed"])
    assert len(hunts) == 2
    for each in hunts:
        assert each.found_by
        assert not each.found_by.startswith(PROBLEMS)
