"""Runs actors one at a time, and switches between them only at places where the shop touches the outside."""

import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from greenlet import getcurrent, greenlet

from tests.faults.clock import Clock
from tests.faults.kinds import Kind

FOREVER = float("inf")


class Killed(BaseException):
    """The process has died: nothing of it runs on. No `except Exception` holds it."""


class Chance(Protocol):
    """Decides what nobody else decides. The same decisions give the same run."""

    def may(self, kind: Kind) -> bool:
        """Whether that fault can happen in this run at all."""

    def choose(self, ready: "list[Actor]", effects: int) -> int:
        """Which of the actors that could go on does: its index. `effects`: how much was seen or done till now."""

    def fault(self, place: str, possible: tuple[Kind, ...]) -> Kind | None:
        """What goes wrong at this place now."""

    def pause(self) -> float:
        """How many seconds pass before the next step."""


@dataclass(eq=False)
class Process:
    """One of the shop's. A killed one is started again after a while."""

    name: str
    #: The true time from which it answers again.
    down_until: float = 0.0
    kills: int = 0


@dataclass(eq=False)
class Actor:
    """Something that acts: its code runs until it comes to a place, or sleeps."""

    name: str
    greenlet: greenlet
    #: It never ends by itself.
    staff: bool = False
    process: Process | None = None
    #: The true time at which it goes on.
    wake: float = 0.0
    dying: bool = False
    #: Where it is.
    place: str = ""
    #: The one-time token that its customer has just posted.
    token: str = ""
    #: Half of the answer that it waits for is missing, and nobody says so.
    gets_nonsense: bool = False
    listening: bool = False
    #: The sessions that it has opened, to see that none holds a transaction over a call.
    sessions: "weakref.WeakSet[Any]" = field(default_factory=weakref.WeakSet)


class Scheduler:
    """The loop. `trace` tells everything that happened, in words that hold no random id."""

    def __init__(self, clock: Clock, chance: Chance) -> None:
        self.clock = clock
        self.chance = chance
        self.actors: list[Actor] = []
        self.trace: list[str] = []
        self.steps = 0
        self.fired: dict[Kind, int] = {}
        self.passed: set[str] = set()
        #: Grows with whatever is read or changed outside of the one who acts.
        self.effects = 0
        self.on_power_loss: Callable[[Kind], None] = lambda kind: None
        #: Everybody is being sent home.
        self.ended = False
        self._afterwards: list[Callable[[], None]] = []
        self._of: dict[greenlet, Actor] = {}
        self._hub = getcurrent()

    # -- for whoever acts

    @property
    def current(self) -> Actor | None:
        """Who is acting; None in the loop itself, and in threads of the shop's own."""
        return self._of.get(getcurrent())

    def spawn(self, name: str, act: Callable[[], object], *, after: float = 0.0, staff: bool = False) -> None:
        actor = Actor(name, greenlet(act, self._hub), staff, wake=self.clock.true + after)
        self._of[actor.greenlet] = actor
        self.actors.append(actor)

    def place(self, name: str, *possible: Kind, alone: bool = False) -> Kind | None:
        """Somebody else may act now, unless `alone`, and one of the `possible` faults happen, which is returned.

        Outside of an actor nothing happens. A crash does not return.
        """
        actor = self.current
        if actor is None:
            return None
        if actor.dying:
            raise Killed
        self.steps += 1
        self.passed.add(name)
        self.trace.append(f"{actor.name}: {name}")
        actor.place = name
        if not alone:
            actor.wake = self.clock.true
            self._yield()
        kind = self.chance.fault(name, possible)
        if kind is not None:
            self.note(kind)
            self._strike(actor, kind)
        return kind

    def sleep(self, seconds: float, *, listening: bool = False) -> None:
        """The actor goes on so much later; one that is `listening`, soon after a commit."""
        actor = self.current
        assert actor is not None
        if actor.dying:
            raise Killed
        actor.wake = self.clock.true + seconds
        actor.listening = listening
        self._yield()
        actor.listening = False

    def nudge(self) -> None:
        """There may be something to do for who listens."""
        for actor in self.actors:
            if actor.listening:
                actor.wake = min(actor.wake, self.clock.true + 0.5)

    def note(self, kind: Kind) -> None:
        """Counts a fault that happened."""
        self.fired[kind] = self.fired.get(kind, 0) + 1
        self.trace.append(f"   !! {kind}")

    def kill(self, process: Process, *, down: float) -> None:
        """Everybody inside that process dies, except whoever calls: raise Killed for that."""
        process.down_until = self.clock.true + down
        process.kills += 1
        me = self.current
        for actor in [actor for actor in self.actors if actor.process is process and actor is not me]:
            actor.dying = True
            actor.wake = self.clock.true

    def afterwards(self, act: Callable[[], None]) -> None:
        """Has something done when all that are dying now are dead."""
        self._afterwards.append(act)

    def happens(self, kind: Kind) -> bool:
        """Whether people, or the world, do this now."""
        if self.chance.fault("people", (kind,)) is None:
            return False
        self.note(kind)
        return True

    # -- the loop

    def run(self, *, most_steps: int, until: float = FOREVER) -> None:
        """Lets the actors act until all have ended but the staff, or until that true time."""
        end = self.steps + most_steps
        while self.steps < end and self.clock.true <= until:
            self._bury()
            if until == FOREVER and all(actor.staff for actor in self.actors):
                return
            ready = [actor for actor in self.actors if actor.wake <= self.clock.true]
            if not ready:
                earliest = min((actor.wake for actor in self.actors), default=FOREVER)
                if earliest > until:
                    return
                self.clock.advance(earliest - self.clock.true)
                continue
            self._resume(ready[0] if len(ready) == 1 else ready[self.chance.choose(ready, self.effects)])
            self.clock.advance(self.chance.pause())

    def end(self, *, but: str) -> None:
        """Ends everybody who still acts, but those of that name."""
        self.ended = True
        for actor in [actor for actor in self.actors if actor.name != but]:
            actor.dying = True
            self._resume(actor)
        self._bury()

    def _bury(self) -> None:
        """Lets the dying die, and does what waits for that."""
        while self._afterwards:
            for actor in [actor for actor in self.actors if actor.dying]:
                self._resume(actor)
            acts, self._afterwards = self._afterwards, []
            for act in acts:
                act()

    def _yield(self) -> None:
        self._hub.switch()
        actor = self.current
        assert actor is not None
        if actor.dying:
            raise Killed

    def _resume(self, actor: Actor) -> None:
        if actor.dying and not actor.greenlet:  # it had not begun
            self._forget(actor)
            return
        if not actor.greenlet:
            self.effects += 1
        with suppress(Killed):  # it had no life outside of its process
            actor.greenlet.switch()
        if actor.greenlet.dead:
            self._forget(actor)

    def _forget(self, actor: Actor) -> None:
        self.actors.remove(actor)
        del self._of[actor.greenlet]

    def _strike(self, actor: Actor, kind: Kind) -> None:
        if kind in (Kind.POWER_LOSS, Kind.RESTORED_BACKUP):
            self.on_power_loss(kind)
            raise Killed
        if kind in (Kind.CRASH, Kind.PROCESS_CRASH):
            if kind is Kind.PROCESS_CRASH and actor.process is not None:
                self.kill(actor.process, down=2.0)
            actor.dying = True
            raise Killed
