"""The shop's processes, forked from one that has imported everything: a start takes a third of a second, not two."""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from subprocess import TimeoutExpired

from storefront.cli.processes import Processes

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["storefront.cli.serve", "storefront.cli.worker", "storefront.tasks", "storefront.web"])


class Child:
    """A forked process, with the part of Popen that Processes uses."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self.terminate = process.terminate
        self.kill = process.kill

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self._process.exitcode is None:
            os.kill(self._process.pid, number)

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutExpired("storefront", timeout or 0)
        return self._process.exitcode


class ForkedProcesses(Processes):
    """Starts `storefront serve` and `storefront worker` by forking."""

    def start(self, name: str, *arguments: str) -> None:
        if arguments[0] == "sandbox":
            return super().start(name, *arguments)
        process = _FORKING.Process(target=run, args=(dict(self.environment), arguments), daemon=True)
        process.start()
        self.children[name] = Child(process)  # type: ignore[assignment]
        return None


def run(environment: Mapping[str, str], arguments: tuple[str, ...]) -> None:
    """What the child does: the `storefront` command, as if it were typed."""
    from storefront.cli import main

    os.environ.clear()
    os.environ.update(environment)
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # for the life of the process
    main(list(arguments))
