"""What runs came to, added up and printed."""

from collections import Counter
from dataclasses import dataclass, field

from tests.faults import places
from tests.faults.kinds import Kind

#: A kind of fault that fired less often was not tried: then the whole set is void.
LEAST_FIRED = 100


@dataclass
class Report:
    """A sum of runs."""

    runs: int = 0
    steps: int = 0
    seconds: float = 0.0
    fired: Counter[str] = field(default_factory=Counter)
    passed: set[str] = field(default_factory=set)
    profiles: Counter[str] = field(default_factory=Counter)
    #: (where it happened, how to see it again; the invariant; what was wrong).
    violations: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, other: "Report") -> None:
        self.runs += other.runs
        self.steps += other.steps
        self.seconds += other.seconds
        self.fired += other.fired
        self.passed |= other.passed
        self.profiles += other.profiles
        self.violations += other.violations

    @property
    def too_rare(self) -> list[str]:
        """Kinds that did not fire often enough."""
        return [kind for kind in Kind if self.fired[kind] < LEAST_FIRED]

    @property
    def not_passed(self) -> list[str]:
        """Places that no run came to."""
        return [f"{number} {place}" for place, number in places.register().items() if place not in self.passed]

    def lines(self) -> list[str]:
        rate = self.runs / self.seconds if self.seconds else 0.0
        fired = [f"    {count:6}  {kind}" for kind, count in sorted(self.fired.items(), key=lambda item: -item[1])]
        seen = len(places.register()) - len(self.not_passed)
        return [
            f"{self.runs} runs, {self.steps} steps, {rate:.1f} runs a second and core",
            f"  {', '.join(f'{count} with {name}' for name, count in self.profiles.items())}",
            f"  {seen} of {len(places.register())} fault points passed",
            f"  {sum(self.fired.values())} faults:",
            *fired,
            f"  {len(self.violations)} violations",
            *(f"    {name}: {what}   {how}" for how, name, what in self.violations[:20]),
        ]
