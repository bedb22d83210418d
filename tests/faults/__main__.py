"""`python -m tests.faults`: all the proofs on two processes; `make faults` calls it.

    --runs N    so many seeds of tier 1 (1,000)
    --seed N    that one run, twice: what happened in it, and whether it was the same
    --quick     tier 1 alone

Where each mutant was found is written into its patch: there it is looked for first the next time.
Exits with 1 when an invariant was violated, a mutant lived, a fault fired too seldom or a place was never passed.
"""

import argparse
import multiprocessing
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import date
from pathlib import Path

from tests.faults import commands, hunting, work
from tests.faults.hunting import Hunt
from tests.faults.reports import Report
from tests.faults.runs import run
from tests.faults.scenarios import FUNCTIONS, MEETINGS

#: Seeds that failed once; each is run again for ever.
KEPT = Path(__file__).parent / "seeds.txt"
RUNS = 1000
PROCESSES = 2
CHUNK = 25
#: Processes that hunt, each a part of the mutants.
HUNTERS = 6


def kept_seeds() -> list[int]:
    lines = KEPT.read_text("utf-8").splitlines()
    return [int(line.partition("#")[0]) for line in lines if line.partition("#")[0].strip()]


def fresh_seeds(count: int) -> list[int]:
    """Others every day."""
    first = int(date.today().strftime("%Y%m%d")) * 100_000
    return list(range(first, first + count))


def replay(seed: int) -> bool:
    """Prints a run; whether nothing was violated in it, and it was the same twice."""
    world = work.the_world()
    outcome, again = run(world, seed), run(world, seed)
    print("\n".join(outcome.trace))
    print(f"seed {seed}: {outcome.profile}, {outcome.steps} steps, {dict(outcome.fired)}")
    for name, what in outcome.violations:
        print(f"  {name}: {what}")
    same = outcome.fingerprint == again.fingerprint
    print("the same again" if same else "NOT THE SAME AGAIN")
    return same and not outcome.violations


class Gate:
    """All of it: what is to be done, and what came of it."""

    def __init__(self, seeds: list[int], *, quick: bool) -> None:
        context = multiprocessing.get_context("spawn")
        self.failed = False
        with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:  # the long pieces of work first
            if not quick:
                killed = pool.submit(commands.kill_processes)
                names = hunting.names()
                hunts = [pool.submit(hunting.hunt, names[at::HUNTERS]) for at in range(HUNTERS)]
                explored = pool.submit(commands.explore)
                exhaustive = [
                    *(pool.submit(work.fail_everywhere, number) for number in range(len(FUNCTIONS))),
                    *(pool.submit(work.meet, number) for number in range(len(MEETINGS))),
                ]
            chunks = [seeds[at : at + CHUNK] for at in range(0, len(seeds), CHUNK)]
            runs = [pool.submit(work.simulate, chunk) for chunk in chunks]
            if quick:
                self._say("tier 1, seeds", runs)
                return
            self._say_line(killed.result())
            self._say_hunts(hunts)
            self._say_line(explored.result())
            everywhere = self._say("tier 4, every call fails, every order", exhaustive)
            seeded = self._say("tier 1, seeds", runs)
            if len(seeds) >= RUNS:
                self._expect_all(seeded, everywhere)

    def _say(self, title: str, futures: list[Future[Report]]) -> Report:
        total = Report()
        for future in futures:
            total.add(future.result())
        print(f"{title}: " + "\n".join(total.lines()), flush=True)
        self.failed |= bool(total.violations)
        return total

    def _say_line(self, line: str) -> None:
        print(line, flush=True)
        self.failed |= line.startswith(commands.FAILED)

    def _expect_all(self, seeded: Report, everywhere: Report) -> None:
        """Each kind of fault must have fired often, and every place been passed."""
        missed = [place for place in seeded.not_passed if place in everywhere.not_passed]
        for problem in (*(f"too seldom: {kind}" for kind in seeded.too_rare), *missed):
            print(f"  VOID: {problem}")
            self.failed = True

    def _say_hunts(self, hunts: list[Future[list[Hunt]]]) -> None:
        found = [hunt for several in hunts for hunt in several.result()]
        for hunt in sorted(found, key=lambda hunt: hunt.seconds):
            print(f"  {hunt.seconds:5.1f} s  {hunt.mutant}: {hunt.found_by or 'LIVES'}")
        dead = [hunt for hunt in found if hunt.found_by.partition(":")[0] not in ("", *hunting.PROBLEMS)]
        for hunt in dead:
            hunting.remember(hunt)
        print(f"mutants: {len(dead)} of {len(found)} found")
        self.failed |= len(dead) < len(found)


def main(arguments: argparse.Namespace) -> bool:
    """Whether all is well."""
    if arguments.seed is not None:
        return replay(arguments.seed)
    began = time.monotonic()
    fresh = fresh_seeds(arguments.runs)
    print(f"seeds {fresh[0]} to {fresh[-1]}, and {len(kept_seeds())} that failed once", flush=True)
    gate = Gate([*kept_seeds(), *fresh], quick=arguments.quick)
    print(f"{time.monotonic() - began:.0f} s")
    return not gate.failed


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--quick", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(not main(parse()))
