"""A run: one seed, one profile, a few customers, everything that goes wrong, and then a calm that repairs it all."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from storefront.jobs import Lane, Worker
from tests.faults.chance import Seeded
from tests.faults.checker import check
from tests.faults.doors import Doors, Who
from tests.faults.kinds import Kind, Mix
from tests.faults.people import Cheat, Clerk, Customer, Hand, Owner
from tests.faults.profiles import PROFILES, Profile
from tests.faults.world import ACCOUNTS, ALBUMS, World

MOST_STEPS = 1500
#: In how many runs there is an owner who does something, and a cheat.
OWNERS = 0.5
CHEATS = 0.4
#: The calm's pauses, in seconds: what is due is done after each, until nothing is wrong any more.
CALM = (70, 4000, 210_000, 4000)
#: One run of so many waits all of them: what does harm later is seen so.
LONG_ONES = 3


@dataclass
class Outcome:
    """What there is to tell of a run."""

    seed: int
    profile: str
    steps: int
    fired: Counter[Kind]
    passed: set[str]
    violations: list[tuple[str, str]]
    trace: list[str] = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Two runs with the same one were the same."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()


def profile_of(seed: int) -> Profile:
    """Seeds go round the profiles, by their shares."""
    row = [profile for profile in PROFILES for _ in range(profile.share)]
    return row[seed % len(row)]


def run(world: World, seed: int, profile: Profile | None = None) -> Outcome:
    """The whole run of a seed."""
    profile = profile or profile_of(seed)
    random = Random(seed)
    chance = Seeded(Random(random.random()), Mix.draw(random, without=profile.without))
    world.begin(chance, Random(random.random()), profile)
    populate(world, random, profile)
    world.scheduler.run(most_steps=MOST_STEPS)
    world.scheduler.run(most_steps=MOST_STEPS, until=world.clock.true + random.choice((0, 30, 200)))
    violations = find_violations(world, profile, long=seed % LONG_ONES == 0)
    scheduler = world.scheduler
    return Outcome(seed, profile.name, scheduler.steps, Counter(scheduler.fired), scheduler.passed, violations,
                   scheduler.trace)  # fmt: skip


def populate(world: World, random: Random, profile: Profile) -> None:
    """Sends everybody onto the stage."""
    doors = Doors(world)

    def enter(name: str, live: Callable[[], object], *, staff: bool = False) -> None:
        world.scheduler.spawn(name, live, staff=staff)

    for number in range(random.choice((1, 1, 1, 2))):
        album = random.choice(list(ALBUMS))
        for who in people(number, random):
            enter(who.name, Customer(world, doors, who, album, Random(random.random())).live)
    if random.random() < OWNERS:
        enter("owner", Owner(world, doors, Random(random.random())).live)
    if random.random() < CHEATS:
        enter("cheat", Cheat(world, doors, Random(random.random())).live)
    if profile.webhooks:
        enter("clerk", Clerk(world, doors, Random(random.random())).live, staff=True)
    for lane in (Lane.MONEY, Lane.MONEY, Lane.MAIL, Lane.BOOKS):
        if any(task.lane == lane for task in profile.tasks.values()):
            enter(f"worker, {lane}", Hand(world, doors, profile.tasks, lane).live, staff=True)


def people(number: int, random: Random) -> list[Who]:
    """A guest, somebody with an account, or one account in two browsers at the same time."""
    name, browser = f"customer {number}", chr(ord("d") + number) * 43
    kind = random.choice(("guest", "guest", "account", "two browsers"))
    if kind == "guest" or number >= len(ACCOUNTS):
        return [Who(name, f"guest{number}@example.com", browser, signed_in=False)]
    home = Who(name, ACCOUNTS[number], browser, signed_in=True)
    away = Who(f"{name} elsewhere", ACCOUNTS[number], browser.upper(), signed_in=True)
    return [home, away] if kind == "two browsers" else [home]


def find_violations(world: World, profile: Profile, *, long: bool) -> list[tuple[str, str]]:
    """What was wrong at once, and what still is after a calm, in which every net that is up does its work."""
    worker = calm_down(world, profile)
    doors = Doors(world)
    for pause in CALM:
        world.clock.advance(pause)
        world.sandbox.settle_due()
        if profile.webhooks:
            world.sandbox.deliver_due(doors.receive)
        worker.queue_periodic()
        worker.run_due()
        if not long and not any(check(world, profile)):
            break
    return [*world.history.violations, *check(world, profile)]


def calm_down(world: World, profile: Profile) -> Worker:
    """No more faults: late requests arrive, clocks are right, and the shop has a new worker."""
    scheduler = world.scheduler
    scheduler.end(but="network")
    scheduler.run(most_steps=MOST_STEPS)
    world.clock.set_wrong(0)
    world.sandbox.forget_faults()
    return Worker(world.wiring.sessions, profile.tasks, world.wiring)
