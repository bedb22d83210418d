"""How often the same may be asked for."""

from storefront.web.pace import MOST, MOST_SUBJECTS, SECONDS, Pace


def test_each_subject_has_its_own_pace() -> None:
    pace = Pace()
    assert [pace.wait("a", number / MOST) for number in range(MOST)] == [None] * MOST
    assert pace.wait("a", 1.0) == SECONDS - 1
    assert pace.wait("b", 1.0) is None
    assert pace.wait("a", SECONDS - 0.5) == 0.5
    assert pace.wait("a", SECONDS) is None


def test_the_memory_has_an_end() -> None:
    pace = Pace()
    for number in range(3 * MOST_SUBJECTS):
        pace.wait(str(number), 0.0)
    assert len(pace._windows) <= MOST_SUBJECTS + 1
