"""Mutants: faults that are planted in the shop's money code, and must be found.

Each is a patch in mutants/, which is put on a copy of the shop; a process that has imported that copy then runs tier 1
and tier 4 until something is violated. A mutant that lives, or a patch that does not fit any more, is a failure.
"""

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from tests.faults.folders import FOLDER, fast_folder
from tests.faults.preloading import preload

ROOT = Path(__file__).parents[2]
MUTANTS = Path(__file__).parent / "mutants"
#: Seconds until a mutant counts as alive.
PATIENCE = 60
#: In a patch's first line, before the place where it was found.
FOUND = " found by: "
#: Why a mutant was not looked for at all.
PROBLEMS = ("the patch does not fit", "the search itself failed")


@dataclass(frozen=True)
class Hunt:
    """How the hunt for one mutant went."""

    mutant: str
    #: What gave it away; empty when nothing did.
    found_by: str
    seconds: float


def names() -> list[str]:
    return sorted(path.stem for path in MUTANTS.glob("*.patch"))


def hunt(mutants: Sequence[str]) -> list[Hunt]:
    """One after the other, in a process of its own: `python -m tests.faults.hunting MUTANT...`."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.faults.hunting", *mutants]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        return [Hunt(mutant, f"{PROBLEMS[1]}: {done.stderr[-600:]}", 0.0) for mutant in mutants]
    return [Hunt(**json.loads(line)) for line in done.stdout.splitlines()]


def main(mutants: Sequence[str]) -> None:
    """Tells of each hunt in a line of JSON."""
    preload()
    for mutant in mutants:
        print(json.dumps(asdict(_hunt(mutant))), flush=True)


def _hunt(mutant: str) -> Hunt:
    """Sets a copy of the shop up with the mutant in it, and looks for it there."""
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="storefront-mutant-", dir=fast_folder()) as folder:
        copy = Path(folder)
        _copy(copy)
        problem = _plant(mutant, copy)
        found_by = f"{PROBLEMS[0]}: {problem}" if problem else _search(copy, mutant)
    return Hunt(mutant, found_by, time.perf_counter() - begin)


def _copy(target: Path) -> None:
    skipped = shutil.ignore_patterns("__pycache__", "*.pyc", "node_modules")
    for name in ("storefront", "templates", "static"):
        shutil.copytree(ROOT / name, target / name, ignore=skipped, symlinks=True)
    (target / "tests").symlink_to(ROOT / "tests")


def _plant(mutant: str, copy: Path, *options: str) -> str:
    """Why it could not be; empty when it is."""
    command = ["git", "apply", *options, str(MUTANTS / f"{mutant}.patch")]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


def unfit() -> dict[str, str]:
    """The mutants whose patch does not fit the shop as it is now, and why."""
    with tempfile.TemporaryDirectory(prefix="storefront-mutant-") as folder:
        copy = Path(folder)
        _copy(copy)
        problems = {mutant: _plant(mutant, copy, "--check") for mutant in names()}
    return {mutant: problem for mutant, problem in problems.items() if problem}


def _search(copy: Path, mutant: str) -> str:
    """The invariant that the mutant broke, and how; empty when nothing was wrong."""
    fork = multiprocessing.get_context("fork")
    told, tell = fork.Pipe(duplex=False)
    process = fork.Process(target=_search_in, args=(copy, _hint(mutant), tell))
    process.start()
    tell.close()
    try:
        return str(told.recv()) if told.poll(PATIENCE + 60) else ""
    except EOFError:
        process.join()
        return f"{PROBLEMS[1]}: it ended with {process.exitcode}"
    finally:
        process.kill()
        process.join()


def _search_in(copy: Path, hint: str, tell: Connection) -> None:
    """In the child: the shop is imported from the copy."""
    assert "storefront" not in sys.modules
    os.chdir(copy)
    os.environ[FOLDER] = str(copy)
    sys.path.insert(0, str(copy))
    searching = import_module("tests.faults.searching")
    tell.send(searching.search(hint))


def _hint(mutant: str) -> str:
    """Where it was found at the last time: a comment in the patch's first line."""
    first = (MUTANTS / f"{mutant}.patch").read_text("utf-8").splitlines()[0]
    return first.partition(FOUND)[2]


def remember(found: Hunt) -> None:
    """Where to look first the next time."""
    patch = MUTANTS / f"{found.mutant}.patch"
    first, rest = patch.read_text("utf-8").split("\n", 1)
    patch.write_text(f"{first.partition(FOUND)[0]}{FOUND}{found.found_by.partition(':')[0]}\n{rest}", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
