"""Who may wait for Stripe: so many at once, a few more in a queue, nobody else."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from storefront.web.slots import AlreadyInside, Busy, Slots


@pytest.mark.parametrize(("threads", "slots"), [(1, 1), (2, 1), (4, 3), (8, 6), (16, 12), (32, 24)])
def test_three_quarters_of_the_threads_may_wait(threads: int, slots: int) -> None:
    gate = Slots(patience=0)
    with ExitStack() as held:
        for number in range(slots):
            held.enter_context(gate.hold(threads, f"{number}"))
        with pytest.raises(Busy), gate.hold(threads, "one more"):
            pass
    with gate.hold(threads, "one more"):  # all were given back
        pass


def test_an_error_gives_its_slot_back() -> None:
    gate = Slots(patience=0)
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), gate.hold(1, "one"):
            _ = 1 / 0


def test_the_same_twice_takes_one_slot() -> None:
    gate = Slots(patience=0)
    with gate.hold(16, "the same"):
        assert "the same" in gate
        with pytest.raises(AlreadyInside), gate.hold(16, "the same"):
            pass
        assert gate._taken == 1
        with gate.hold(16, "another"):
            pass
    assert "the same" not in gate
    with gate.hold(16, "the same"):
        pass


@contextmanager
def waiting(gate: Slots, order: list[int], number: int, threads: int) -> Iterator[threading.Thread]:
    """Somebody in the queue, who writes `number` into `order` when it is their turn."""

    def wait() -> None:
        with gate.hold(threads, f"waits {number}"):
            order.append(number)

    before = len(gate._queue)
    thread = threading.Thread(target=wait)
    thread.start()
    while len(gate._queue) == before:
        thread.join(0.001)
    yield thread
    thread.join(10)
    assert not thread.is_alive()


def test_an_eighth_more_waits_and_who_came_first_is_first() -> None:
    gate, order = Slots(patience=20), list[int]()
    with ExitStack() as held, ExitStack() as queue, gate.hold(16, "the one who leaves"):
        for number in range(11):
            held.enter_context(gate.hold(16, f"{number}"))
        for number in range(2):
            queue.enter_context(waiting(gate, order, number, 16))
        with pytest.raises(Busy), gate.hold(16, "one more"):
            pass
        assert order == []
    # one left, to the first, who left, to the second; then the eleven left
    assert order == [0, 1]
    assert (gate._taken, len(gate._queue)) == (0, 0)


def test_nobody_waits_for_ever() -> None:
    gate = Slots(patience=0.05)
    with ExitStack() as held:
        for number in range(6):
            held.enter_context(gate.hold(8, f"{number}"))
        with pytest.raises(Busy), gate.hold(8, "too late"):
            pass
        assert len(gate._queue) == 0
        assert "too late" not in gate
    with gate.hold(8, "too late"):
        assert gate._taken == 1
