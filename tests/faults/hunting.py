"""Mutants: faults that are planted in the shop's money code, and must be found.

Each is a patch in mutants/, which is put on a copy of the shop; a process of that copy's then runs tier 1 and tier 4
until something is violated. A mutant that lives, or a patch that does not fit any more, is a failure.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
MUTANTS = Path(__file__).parent / "mutants"
#: Seconds until a mutant counts as alive.
PATIENCE = 60
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


def hunt(mutant: str) -> Hunt:
    """Sets a copy of the shop up with the mutant in it, and looks for it there."""
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="storefront-mutant-") as folder:
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
    """The invariant that the mutant broke, and how."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.searching", _hint(mutant)],
        cwd=copy, env={"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True,
        timeout=PATIENCE + 60, check=False,
    )  # fmt: skip
    found = re.search(r"^FOUND (.*)$", done.stdout, re.MULTILINE)
    if found:
        return found[1]
    return "" if done.returncode == 0 else f"{PROBLEMS[1]}: {done.stderr[-600:]}"


def _hint(mutant: str) -> str:
    """Where it was found at the last time: a comment in the patch's first line."""
    first = (MUTANTS / f"{mutant}.patch").read_text("utf-8").splitlines()[0]
    return first.partition("found by: ")[2]
