"""What an operator does with the command, and the processes that it keeps."""

import signal
import subprocess
from pathlib import Path

import pytest

from storefront.cli.configuration import Failure
from storefront.cli.processes import Processes
from storefront.settings import child_environment
from tests.functional.running.conftest import Storefront
from tests.support.shop import free_ports, running_shop


def test_a_database_is_made_where_there_was_none(storefront: Storefront, tmp_path: Path) -> None:
    assert storefront("migrate", "--check").exit_code == 1
    assert storefront("migrate").output == "The database is up to date.\n"
    assert storefront("migrate", "--check").exit_code == 0
    assert (tmp_path / "var" / "storefront.sqlite").exists()


def test_jobs_that_are_due_are_done_once(storefront: Storefront) -> None:
    storefront("migrate")
    result = storefront("worker", "--once")
    assert (result.exit_code, result.output) == (0, "0 jobs done\n")


def test_help_names_every_command(storefront: Storefront) -> None:
    text = storefront("--help").output
    for command in ("run", "serve", "worker", "sandbox", "migrate", "config"):
        assert f"\n  {command} " in text


def test_one_process_that_ends_is_told_by_its_name(tmp_path: Path) -> None:
    processes = Processes(child_environment())
    try:
        processes.start("The sandbox", "sandbox", "--port", str(free_ports(1)[0]), "--database", f"{tmp_path}/s.sqlite")
        processes.start("The short one", "config", "show")
        with pytest.raises(Failure, match=r"The short one ended by itself \(exit code 0\)"):
            processes.watch()
    finally:
        processes.stop()
    assert [child.poll() is not None for child in processes.children.values()] == [True, True]


def test_all_processes_end_well_when_they_are_told(tmp_path: Path) -> None:
    with running_shop(tmp_path) as shop:
        children = shop.processes.children
        assert [child.poll() for child in children.values()] == [None] * 3
    assert {name: child.returncode for name, child in children.items()} == {"sandbox": 0, "worker": 0, "web 0": 0}


def test_a_signal_to_the_group_is_minded_by_the_parent_alone(tmp_path: Path) -> None:
    [port] = free_ports(1)
    processes = Processes(child_environment())
    try:
        processes.start("The sandbox", "sandbox", "--port", str(port), "--database", f"{tmp_path}/s.sqlite")
        processes.wait_until_answers("The sandbox", f"http://127.0.0.1:{port}/_sandbox/health")
        child = processes.children["The sandbox"]
        child.send_signal(signal.SIGINT)  # as Ctrl-C in a terminal does
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(0.5)
    finally:
        processes.stop()
    assert child.returncode == 0
