"""Backups and restores that are killed, at every place where they touch the outside, and then run again."""

import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storefront.migrations import is_current
from storefront.models import CheckoutClosure
from tests.factories import make_album
from tests.functional.backup.conftest import copy_of
from tests.support.killing import Killer, killer
from tests.support.machines import Machine, kill

#: Of the places of one run, every so manieth is tried; which ones differs from run to run.
STEP = {"sqlite": 5, "postgresql": 15}


@pytest.fixture(scope="module")
def assassin() -> Iterator[Killer]:
    with killer() as ready:
        yield ready


def places(database_kind: str) -> Iterator[int]:
    step = STEP[database_kind]
    return iter(range(1 + time.time_ns() % step, 10_000, step))


def grow(shop: Machine) -> None:
    """Something that the last backup does not have."""
    with shop.wired() as wiring, wiring.sessions() as session:
        make_album(session, wiring.storage, slug="orbit", title="Orbit", artists=["Kenji"], tracks=["Apogee"])


def test_a_backup_that_was_killed_is_none_and_runs_again(
    shop: Machine, other: Machine, to: Path, database_kind: str, assassin: Killer
) -> None:
    shop.run("backup", to)
    first = [path.name for path in to.iterdir()]
    grow(shop)
    for at in places(database_kind):
        here = copy_of(to, "here")
        code = assassin.run(["backup", here], shop.environment, at, here)
        if code != -signal.SIGKILL:
            assert code == 0
            break
        left = sorted(path.name for path in here.iterdir() if path.name not in first and path.name[0] == "2")
        said = shop.run("backup", "--verify", here, code=None)
        finished = [name for name in left if (here / name / "manifest.json").exists()]
        unfinished = [name for name in left if name not in finished]
        assert said.count("a database was made of it") == 1 + len(finished), (at, said)
        assert said.count(" has no manifest") == len(unfinished), (at, said)
        assert " damaged" not in said, (at, said)
        assert " missing" not in said, (at, said)
        shop.run("backup", here)
        assert " 1 databases have" not in (again := shop.run("backup", "--verify", here)), at
        assert again.count("a database was made of it") == 2 + len(finished), (at, again)
        if at % 20 == 1:
            other.run("restore", "--force", here)
            assert other.contents() == shop.contents(), at
        shutil.rmtree(here)
    print(f"killed at {at - 1} places")
    assert at > 20


def test_a_restore_that_was_killed_runs_again(
    shop: Machine,
    make_machine: Callable[[str], Machine],
    to: Path,
    database_kind: str,
    assassin: Killer,
    tmp_path: Path,
) -> None:
    shop.run("backup", to)
    for at in places(database_kind):
        machine = make_machine(f"machine {at}")
        code = assassin.run(["restore", to], machine.environment, at, tmp_path)
        if code != -signal.SIGKILL:
            assert code == 0
            break
        if machine.rows():  # it was put in place: then it is all there, and closed for sales
            expect_complete(machine, shop)
        else:
            machine.run("restore", to)
            expect_complete(machine, shop)
        shutil.rmtree(machine.folder, ignore_errors=True)
    print(f"killed at {at - 1} places")
    assert at > 20


def test_a_restore_over_a_shop_that_was_killed_leaves_the_old_or_the_new(
    shop: Machine,
    make_machine: Callable[[str], Machine],
    to: Path,
    database_kind: str,
    assassin: Killer,
    tmp_path: Path,
) -> None:
    shop.run("backup", to)
    grow(shop)
    shop.run("backup", to.with_name("later"))
    machine = make_machine("machine")
    machine.run("restore", to.with_name("later"))
    outcomes = {"old": 0, "new": 0}
    for at in places(database_kind):
        code = assassin.run(["restore", "--force", to], machine.environment, at, tmp_path)
        if code != -signal.SIGKILL:
            assert code == 0
            break
        albums = len(machine.rows()["album"])
        outcomes[{2: "old", 1: "new"}[albums]] += 1
        if albums == 1:
            machine.run("restore", "--force", to)
            expect_complete(machine, shop, albums=1)
            machine.run("restore", "--force", to.with_name("later"))
    expect_complete(machine, shop, albums=1)
    print(f"killed at {at - 1} places: {outcomes}")
    assert outcomes["old"] > 2


def expect_complete(machine: Machine, shop: Machine, albums: int = 1) -> None:
    """A shop that may be opened."""
    with machine.wired() as wiring, wiring.sessions() as session:
        assert is_current(wiring.engine)
        assert session.scalars(select(CheckoutClosure)).all()
    assert len(machine.rows()["album"]) == albums
    assert len(machine.rows()["album_purchase"]) == 2
    contents = shop.contents()
    assert all(contents[key] == data for key, data in machine.contents().items())
    assert len(machine.contents()) >= 21


def test_processes_that_are_killed_at_any_moment(shop: Machine, other: Machine, to: Path) -> None:
    """From outside, by time, in the middle of whatever it is: a write, an fsync, a program of PostgreSQL's."""
    seed = time.time_ns() % 1_000_000
    print(f"seed {seed}")
    chance = random.Random(seed)
    began = time.monotonic()
    shop.run("backup", to)
    seconds = time.monotonic() - began
    killed = 0
    for command, machine in ((("backup", to), shop), (("restore", "--force", to), other)):
        for _ in range(2):
            process = machine.start(*command)
            wait_until_it_works(process, to)
            time.sleep(chance.random() * seconds)
            killed += kill(process)
    assert killed
    shop.run("backup", to)
    shop.run("backup", "--verify", to)
    other.run("restore", "--force", to)
    assert other.contents() == shop.contents()


def wait_until_it_works(process, to: Path) -> None:
    """Until it has locked the folder, which is after all that Python imports."""
    import fcntl

    while process.poll() is None:
        with (to / ".lock").open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
        time.sleep(0.005)
