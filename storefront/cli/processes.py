"""Several processes that live and end together."""

import contextlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType

from storefront.cli.configuration import Failure

START_SECONDS = 60.0
STOP_SECONDS = 35.0
POLL_SECONDS = 0.05
WATCH_SECONDS = 0.5


class Stopped(BaseException):
    """Somebody asked this process to end."""


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Inside, SIGINT and SIGTERM raise Stopped, once; later ones wait for the orderly end."""

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass
class Processes:
    """Children of this process, in its process group; they end in the reverse order of their start."""

    environment: Mapping[str, str]
    children: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> None:
        """`storefront *arguments` as a child. Ctrl-C reaches the whole group: only this process minds it."""
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self.children[name] = subprocess.Popen(
                [sys.executable, "-m", "storefront.cli", *arguments],
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        finally:
            signal.signal(signal.SIGINT, before)

    def wait_until_answers(self, name: str, url: str) -> None:
        """Until `url` gives any answer; raises Failure when the child dies or START_SECONDS have passed."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            self.check()
            with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
                answer.read()
                return
            time.sleep(POLL_SECONDS)
        raise Failure(f"{name} did not answer at {url} within {START_SECONDS:.0f} seconds.")

    def check(self) -> None:
        """Raises Failure when a child has ended."""
        for name, child in self.children.items():
            if child.poll() is not None:
                raise Failure(f"{name} ended by itself (exit code {child.returncode}), so everything ends.")

    def watch(self) -> None:
        """Returns never: raises Failure when a child ends."""
        while True:
            time.sleep(WATCH_SECONDS)  # not os.waitid: this process may have children besides these
            self.check()

    def stop(self) -> None:
        """Asks each to end, the last first, and kills what has not after STOP_SECONDS."""
        end = time.monotonic() + STOP_SECONDS
        for child in reversed(self.children.values()):
            child.terminate()
            try:
                child.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
