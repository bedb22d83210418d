"""`storefront` commands that are killed at a chosen moment: just before the n-th thing that they do to the outside.

Things are what Python's audit events tell (https://docs.python.org/3/library/audit_events.html): a file opened, renamed
or removed, a folder made, a database or a socket connected, a program started. Each command runs in a fork of a process
that has imported everything, so that a run costs a tenth of a second.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

EVENTS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect", "socket.connect", "subprocess.Popen")


@dataclass(frozen=True)
class Killer:
    """Runs commands one after the other."""

    process: "subprocess.Popen[str]"

    def run(self, arguments: Sequence[object], environment: dict[str, str], at: int, below: object) -> int:
        """Runs `storefront *arguments`, killed at its `at`-th event; of opened files those `below` a folder count.

        The exit code, or -SIGKILL.
        """
        order = {"arguments": list(map(str, arguments)), "environment": environment, "at": at, "below": str(below)}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def killer() -> Iterator[Killer]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.killing"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Killer(process)
        finally:
            process.kill()


def _serve() -> None:
    import psycopg  # noqa: F401

    import storefront.cli.backup
    import storefront.cli.restore  # noqa: F401

    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _obey(order)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _obey(order: dict[str, Any]) -> None:
    os.environ.update(order["environment"])
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    left = order["at"]

    def count(event: str, args: tuple[Any, ...]) -> None:
        nonlocal left
        if event in EVENTS or (event == "open" and str(args[0]).startswith(order["below"])):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    from storefront.cli import main

    sys.addaudithook(count)
    code = 70
    with contextlib.suppress(BaseException):
        try:
            main(order["arguments"], prog_name="storefront")
        except SystemExit as end:
            code = int(end.code or 0)
    os._exit(code)


if __name__ == "__main__":
    _serve()
