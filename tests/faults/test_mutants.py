"""Planted faults: each patch fits the shop as it is, and some of them are found. `make faults` hunts them all."""

import pytest

from tests.faults import hunting
from tests.faults.hunting import PROBLEMS, hunt


def test_every_patch_fits() -> None:
    assert len(hunting.names()) >= 20
    assert hunting.unfit() == {}


@pytest.mark.parametrize("mutant", ["constant_key", "sells_while_closed"])
def test_it_is_found(mutant: str) -> None:
    found_by = hunt(mutant).found_by
    assert found_by
    assert not found_by.startswith(PROBLEMS)
