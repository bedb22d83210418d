"""Run what is heavy or hostile in a child process, under limits of memory and time.

A file that makes a decoder crash, hang or eat memory ends its child and nothing else. A child serves one call after
another, so the cost of starting Python and loading FFmpeg is paid once; it goes home after half a minute without
work. As many calls run at once as threads make them. Children get no secrets: their environment holds only what
Python needs. They are the same user, though: this is a wall against accidents and exhausted machines, not a sandbox.

    ChildFailed
    ├── ChildTimedOut
    ├── ChildOutOfMemory
    └── ChildDied
"""

import atexit
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing import Pipe
from typing import TypeVar, cast

R = TypeVar("R")

PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

WAKE_SECONDS = 5


class ChildFailed(Exception):
    """The call did not come to an end of its own; ``reason`` is in plain words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChildTimedOut(ChildFailed):
    """It took longer than it was given."""


class ChildOutOfMemory(ChildFailed):
    """It wanted more memory than it was given."""


class ChildDied(ChildFailed):
    """The process ended, by a crash in a decoder or a signal."""


class _Child:
    """One process and the pipe to it."""

    def __init__(self) -> None:
        self.pipe, theirs = Pipe()
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        # The child finds what the parent finds, and nothing that lies in the current folder by chance.
        environment["PYTHONPATH"] = os.pathsep.join(path or os.getcwd() for path in sys.path)
        environment["PYTHONSAFEPATH"] = "1"
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "storefront.media.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=environment,
            )

    def is_awake(self) -> bool:
        """Say whether the process answers: it may have gone home just now."""
        try:
            self.pipe.send(None)
            return self.pipe.poll(WAKE_SECONDS) and self.pipe.recv_bytes() == b""
        except (EOFError, OSError):
            return False

    def end(self) -> int:
        """Kill the process if it still runs; return its exit code (negative: the signal that ended it)."""
        self.process.kill()
        code = self.process.wait()
        self.pipe.close()
        return code


_idle: list[_Child] = []
_all: set[_Child] = set()
_lock = threading.Lock()


def run(function: Callable[..., R], *args: object, memory_mb: int = 1024, seconds: float = 600) -> R:
    """Return ``function(*args)`` as computed in a child process.

    ``function`` is a top-level function; its arguments and what it returns are picklable. ``memory_mb`` (MiB) is what
    it may take beyond an idle child, ``seconds`` how long it may run. Raises what the function raises, and
    :class:`ChildFailed`.
    """
    task = (function, args, memory_mb, seconds)
    child, message = _borrow(), None
    try:
        message = _ask(child, task, seconds)
        succeeded, value = pickle.loads(message)
    except BaseException:
        _discard(child)
        raise
    if succeeded:
        _give_back(child)
        return cast(R, value)
    if isinstance(value, MemoryError):
        _discard(child)
        raise ChildOutOfMemory(f"it needs more than {memory_mb} MB of memory") from value
    _give_back(child)
    raise value


def _ask(child: _Child, task: tuple[object, ...], seconds: float) -> bytes:
    """Send the task and wait for the answer, or say what became of the child."""
    try:
        child.pipe.send(task)
        if not child.pipe.poll(seconds):
            raise ChildTimedOut(f"it takes longer than {seconds:g} seconds")
        return child.pipe.recv_bytes()
    except (EOFError, BrokenPipeError, ConnectionResetError) as error:
        code = child.process.wait()
        if code == -signal.SIGALRM:
            raise ChildTimedOut(f"it takes longer than {seconds:g} seconds") from error
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        raise ChildDied(f"the process that worked on it ended ({how})") from error


def _borrow() -> _Child:
    """Return a child that waits for work; a new one if there is none."""
    while True:
        with _lock:
            child = _idle.pop() if _idle else None
            if child is None:
                child = _Child()
                _all.add(child)
                return child
        if child.is_awake():
            return child
        _discard(child)


def _give_back(child: _Child) -> None:
    with _lock:
        _idle.append(child)


def _discard(child: _Child) -> None:
    with _lock:
        _all.discard(child)
    child.end()


@atexit.register
def end_children() -> None:
    """End every child, at work or not; the next call starts a new one."""
    with _lock:
        for child in _all:
            child.end()
        _all.clear()
        _idle.clear()
