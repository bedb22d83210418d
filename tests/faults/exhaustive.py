"""Nothing left to luck: every call of each money function fails in every way, and two hands meet in every order.

SQLite is tested so: https://sqlite.org/testing.html#anomaly_testing
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from tests.faults.chance import Scripted
from tests.faults.kinds import Kind
from tests.faults.runs import LONG_ONES, find_violations
from tests.faults.scenarios import HANDS, Meeting, Scenario, Stage
from tests.faults.world import World

MOST_STEPS = 400
#: In a scenario without a second process they are what CRASH is.
SAME = frozenset({Kind.PROCESS_CRASH})


@dataclass(frozen=True)
class Played:
    """What there is to tell of one way a scenario went."""

    name: str
    violations: list[tuple[str, str]]
    chance: Scripted
    trace: list[str]
    fired: dict[Kind, int]
    passed: set[str]
    steps: int


class Theatre:
    """Plays a scenario in many ways. What has happened before is played once, and put back each time.

    Most ways lead to a state that another has led to: what follows from it has been seen then.
    """

    def __init__(self, world: World, scenario: Scenario) -> None:
        self._world, self._scenario = world, scenario
        world.begin(Scripted(), Random(1), scenario.profile)
        world.disk.keeps_recent = True
        stage = Stage.of(world)
        scenario.before(stage)
        self._prepared = replace(stage)
        self._moment = world.remember()
        self._known: set[str] = set()

    def play(self, chance: Scripted, *meanwhile: str) -> Played:
        """Once, with what `meanwhile` names at the same time; then the calm, and the checker."""
        world, scenario = self._world, self._scenario
        world.begin(chance, Random(1), scenario.profile, self._moment)
        stage = replace(self._prepared)
        first = chance.script or chance.switches
        world.scheduler.spawn("first", lambda: scenario.now(stage))
        for name in meanwhile:
            world.scheduler.spawn(name, lambda name=name: HANDS[name](stage))  # type: ignore[misc]
        world.scheduler.run(most_steps=MOST_STEPS)
        scenario.after(stage)
        found = self._find_violations(long=sum(first) % LONG_ONES == 0)
        name = f"{scenario.name}{f', {first}' if first else ''}"
        scheduler = world.scheduler
        return Played(name, found, chance, scheduler.trace, scheduler.fired, scheduler.passed, scheduler.steps)

    def _find_violations(self, *, long: bool) -> list[tuple[str, str]]:
        state = self._world.state()
        if state in self._known:
            return self._world.history.violations
        if state is not None:
            self._known.add(state)
        return find_violations(self._world, self._scenario.profile, long=long)


def every_fault(world: World, scenario: Scenario) -> Iterator[Played]:
    """Fails the first call in every way, then the second, and so on, until all goes well because there is no such."""
    theatre = Theatre(world, scenario)
    untouched = theatre.play(Scripted())
    yield untouched
    number, seen = 0, untouched.chance.seen
    while number < len(seen):
        for kind in seen[number][1]:
            if kind not in SAME:
                yield theatre.play(Scripted({number: kind}))
        number += 1


def every_order(world: World, meeting: Meeting) -> Iterator[Played]:
    """The first goes so many steps, the second so many or to its end, then the first again: at most two switches.

    Where nothing was read or changed between two steps, a switch at the one is a switch at the other, and played once
    (a partial order reduction: https://doi.org/10.1145/1040305.1040315).
    """
    first, second = meeting.first, meeting.second
    theatre = Theatre(world, Scenario(f"{first} meets {second}", meeting.before, HANDS[first], meeting.after))

    def play_with(*switches: int) -> Played:
        return theatre.play(Scripted(switches=frozenset(switches)), second)

    straight = play_with()
    yield straight
    once: dict[int, Played] = {}
    for begin in straight.chance.switchable(1):
        once[begin] = play_with(begin)
        yield once[begin]
    for begin, played in once.items():
        for back in played.chance.switchable(begin + 1):
            yield play_with(begin, back)
