"""Nothing left to luck: every call of each money function fails in every way, and two hands meet in every order.

SQLite is tested so: https://sqlite.org/testing.html#anomaly_testing
"""

from collections.abc import Iterator
from dataclasses import dataclass
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


def play(world: World, scenario: Scenario, chance: Scripted, known: set[str], *meanwhile: str) -> Played:
    """The scenario, with what `meanwhile` names at the same time; then the calm, and the checker.

    Most ways lead to a state that another has led to (`known`): what follows from it has been seen then.
    """
    world.begin(chance, Random(1), scenario.profile)
    stage = Stage.of(world)
    scenario.before(stage)
    world.disk.back_up(world.clock.true)
    first = chance.script or chance.switches
    world.scheduler.spawn("first", lambda: scenario.now(stage))
    for name in meanwhile:
        world.scheduler.spawn(name, lambda name=name: HANDS[name](stage))  # type: ignore[misc]
    world.scheduler.run(most_steps=MOST_STEPS)
    scenario.after(stage)
    state = world.state()
    if state in known:
        found = world.history.violations
    else:
        found = find_violations(world, scenario.profile, long=sum(first) % LONG_ONES == 0)
    if state is not None:
        known.add(state)
    name = f"{scenario.name}{f', {first}' if first else ''}"
    scheduler = world.scheduler
    return Played(name, found, chance, scheduler.trace, scheduler.fired, scheduler.passed, scheduler.steps)


def every_fault(world: World, scenario: Scenario) -> Iterator[Played]:
    """Fails the first call in every way, then the second, and so on, until all goes well because there is no such."""
    known: set[str] = set()
    untouched = play(world, scenario, Scripted(), known)
    yield untouched
    number, seen = 0, untouched.chance.seen
    while number < len(seen):
        for kind in seen[number][1]:
            if kind not in SAME:
                yield play(world, scenario, Scripted({number: kind}), known)
        number += 1


def every_order(world: World, meeting: Meeting) -> Iterator[Played]:
    """The first goes so many steps, the second so many or to its end, then the first again: at most two switches.

    Where nothing was read or changed between two steps, a switch at the one is a switch at the other, and played once
    (a partial order reduction: https://doi.org/10.1145/1040305.1040315).
    """
    first, second = meeting.first, meeting.second
    scenario = Scenario(f"{first} meets {second}", meeting.before, HANDS[first], meeting.after)
    known: set[str] = set()

    def play_with(*switches: int) -> Played:
        return play(world, scenario, Scripted(switches=frozenset(switches)), known, second)

    straight = play_with()
    yield straight
    once: dict[int, Played] = {}
    for begin in straight.chance.switchable(1):
        once[begin] = play_with(begin)
        yield once[begin]
    for begin, played in once.items():
        for back in played.chance.switchable(begin + 1):
            yield play_with(begin, back)
