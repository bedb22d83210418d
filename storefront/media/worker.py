"""The child process of :mod:`storefront.media.child`: does one task after another until its pipe closes.

Started as ``python -m storefront.media.worker DESCRIPTOR``. It works at a low priority, so that pages come first.
"""

import contextlib
import ctypes
import os
import pickle
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

IDLE_SECONDS = 30
NICENESS = 10


def main(descriptor: int) -> None:
    """Serve the tasks that come through the pipe ``descriptor``, until it closes or has been silent for a while."""
    # Ctrl-C goes to the whole process group; the parent decides what becomes of a task.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    _prefer_system_lame()
    with Connection(descriptor) as pipe, contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while pipe.poll(IDLE_SECONDS):
            task = pipe.recv()
            # Nothing to do means "are you there?".
            pipe.send_bytes(b"" if task is None else _answer(*task))


def _prefer_system_lame() -> None:
    """Load the system's LAME, where there is one, before PyAV loads its own: symbols that are there first are used.

    The libmp3lame inside PyAV's wheels is compiled without optimisation and takes three times as long.
    """
    with contextlib.suppress(OSError):
        ctypes.CDLL("libmp3lame.so.0", ctypes.RTLD_GLOBAL)


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...], memory_mb: int, seconds: float) -> bytes:
    """Run one task under its limits and pickle what it returned or raised."""
    # SIGALRM's default ends the process, inside C code too: if the parent is gone, nobody else would.
    signal.setitimer(signal.ITIMER_REAL, seconds + 1)
    _limit_memory(memory_mb)
    try:
        outcome = (True, function(*arguments))
    except Exception as error:
        error.add_note("In the child process:\n" + traceback.format_exc())
        outcome = (False, error)
    finally:
        _limit_memory(None)
        signal.setitimer(signal.ITIMER_REAL, 0)
    return _pickled(outcome)


def _limit_memory(memory_mb: int | None) -> None:
    """Let the address space grow by ``memory_mb``, or without bound. Does nothing where its size cannot be read."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return
    wanted = hard if memory_mb is None else pages * resource.getpagesize() + memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _pickled(outcome: tuple[bool, object]) -> bytes:
    """Pickle the outcome; an error that would not survive the way is told in words."""
    try:
        message = pickle.dumps(outcome)
        if not outcome[0]:
            pickle.loads(message)
    except Exception as error:
        value = outcome[1] if isinstance(outcome[1], Exception) else error
        return pickle.dumps((False, RuntimeError("".join(traceback.format_exception_only(value)).strip())))
    return message


if __name__ == "__main__":
    main(int(sys.argv[1]))
