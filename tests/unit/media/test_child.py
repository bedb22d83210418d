"""A call in a child process: its answer, its errors, and every way in which a child can end."""

import operator
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storefront.media import child
from storefront.media.errors import UnreadableAudio
from storefront.media.probing import probe


def test_it_answers_and_is_used_again():
    first = child.run(os.getpid)
    assert first != os.getpid()
    assert child.run(os.getpid) == first
    assert child.run(operator.add, 2, 3) == 5


def test_an_error_comes_back_as_itself(tmp_path):
    path = tmp_path / "a.flac"
    path.write_bytes(b"words")
    with pytest.raises(UnreadableAudio, match="it is not audio") as caught:
        child.run(probe, path)
    assert caught.value.reason == "it is not audio"
    assert "In the child process" in caught.value.__notes__[0]
    with pytest.raises(ZeroDivisionError):
        child.run(divmod, 1, 0)


def test_a_crash_ends_the_child_alone():
    before = child.run(os.getpid)
    with pytest.raises(child.ChildDied, match="SIGABRT"):
        child.run(os.abort)
    with pytest.raises(child.ChildDied, match="exit code 3"):
        child.run(os._exit, 3)
    assert child.run(os.getpid) not in (before, os.getpid())


def test_the_time_limit():
    start = time.monotonic()
    with pytest.raises(child.ChildTimedOut, match=r"longer than 0\.2 seconds"):
        child.run(time.sleep, 60, seconds=0.2)
    assert time.monotonic() - start < 30
    assert child.run(os.getpid)


def test_a_child_that_stands_still_is_ended():
    with pytest.raises(child.ChildTimedOut):
        child.run(signal.raise_signal, signal.SIGSTOP, seconds=0.2)
    assert child.run(os.getpid)


def test_the_memory_limit_holds_for_its_call_only():
    with pytest.raises(child.ChildOutOfMemory, match="more than 64 MB"):
        child.run(bytearray, 200 * 1024 * 1024, memory_mb=64)
    # The answer is sent after the limit is lifted: it does not count twice.
    assert len(child.run(bytes, 50 * 1024 * 1024, memory_mb=64)) == 50 * 1024 * 1024


def test_an_orphan_ends_by_itself():
    """The limit is the kernel's too: it ends a child that nobody watches any more."""
    with pytest.raises(child.ChildTimedOut):
        child.run(signal.raise_signal, signal.SIGALRM)


def test_a_child_that_was_killed_in_its_sleep_is_replaced():
    os.kill(child.run(os.getpid), signal.SIGKILL)
    assert child.run(operator.add, 2, 3) == 5


def test_calls_of_several_threads_run_side_by_side(tmp_path):
    """One waits at a pipe for the other: a queue of calls would wait for ever."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(2) as pool:
        heard = pool.submit(child.run, Path.read_text, pipe, seconds=20)
        pool.submit(child.run, Path.write_text, pipe, "hello", seconds=20).result()
        assert heard.result() == "hello"


def test_it_has_no_secrets_and_a_low_priority(monkeypatch):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_sandbox_1")
    child.end_children()
    assert child.run(os.getenv, "STRIPE_SECRET_KEY") is None
    assert child.run(os.getenv, "PATH") == os.environ["PATH"]
    assert child.run(os.nice, 0) > os.nice(0)


def test_what_cannot_be_sent_is_told():
    with pytest.raises(RuntimeError, match="pickle"):
        child.run(threading.Lock)
    with pytest.raises((AttributeError, TypeError)):
        child.run(lambda: 1)
    assert child.run(operator.add, 2, 3) == 5


def test_the_end_of_all_children():
    pid = child.run(os.getpid)
    child.end_children()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
