"""These tests have a time of their own, which must end with them: others run in the same process after them."""

from collections.abc import Iterator

import pytest

from tests.faults.work import leave_the_world


@pytest.fixture(scope="module", autouse=True)
def the_world_is_left() -> Iterator[None]:
    yield
    leave_the_world()
