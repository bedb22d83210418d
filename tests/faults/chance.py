"""Who decides in a run: a seed, or a script of one fault at one place."""

import random
from dataclasses import dataclass, field

from tests.faults.kinds import Kind, Mix
from tests.faults.scheduler import Actor

#: Seconds between two steps: mostly none, sometimes long enough for a job to fall due in between.
PAUSES = (0.0, 0.0, 0.0, 0.01, 0.05, 0.3, 1.5, 12.0)
#: How the places are called where the queue itself writes.
QUEUE = "jobs.queue."


@dataclass
class Seeded:
    """Everything is drawn from one random source."""

    random: random.Random
    mix: Mix
    on: bool = True

    def may(self, kind: Kind) -> bool:
        return self.mix.rates[kind] > 0

    def choose(self, ready: list[Actor], effects: int) -> int:
        return self.random.randrange(len(ready))

    def pause(self) -> float:
        return self.random.choice(PAUSES)

    def fault(self, place: str, possible: tuple[Kind, ...]) -> Kind | None:
        if not self.on:
            return None
        drawn = self.random.random()
        for kind in possible:
            drawn -= self.mix.rates[kind]
            if drawn < 0:
                return kind
        return None


@dataclass
class Scripted:
    """The first that is ready acts, and the places that can fail do as `script` says: {number of the place: kind}.

    `switches` names steps at which the actor that is second in the row goes on instead. Those at which a worker claims
    and ends its job are none of them: whoever acts meanwhile has nothing to do with that job.
    """

    script: dict[int, Kind] = field(default_factory=dict)
    switches: frozenset[int] = frozenset()
    #: (place, what could happen there), of each place that was passed.
    seen: list[tuple[str, tuple[Kind, ...]]] = field(default_factory=list)
    _turn: int = 0
    #: How often there was somebody to choose.
    steps: int = 0
    #: The steps before which nothing was read or changed since the step before: to switch at both would be the same.
    idle: set[int] = field(default_factory=set)
    _effects: int = -1

    def may(self, kind: Kind) -> bool:
        return kind in self.script.values()

    def choose(self, ready: list[Actor], effects: int) -> int:
        if not ready[self._turn % len(ready)].place.startswith(QUEUE):
            self.steps += 1
            if effects == self._effects:
                self.idle.add(self.steps)
            self._effects = effects
            if self.steps in self.switches:
                self._turn += 1
        return self._turn % len(ready)

    def switchable(self, first: int) -> list[int]:
        """The steps from `first` on at which a switch makes an order of its own."""
        return [step for step in range(first, self.steps + 1) if step not in self.idle]

    def pause(self) -> float:
        return 0.0

    def fault(self, place: str, possible: tuple[Kind, ...]) -> Kind | None:
        self.seen.append((place, possible))
        kind = self.script.get(len(self.seen) - 1)
        return kind if kind in possible else None
