"""The tiers that are commands of their own: each says in a line what it came to."""

import subprocess
import sys

#: How a line begins that tells of a failure.
FAILED = "FAILED "


def kill_processes() -> str:
    """Tier 3, in a process of its own; its line, or what went wrong."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.faults.killing"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return ("" if done.returncode == 0 else FAILED) + (done.stdout or done.stderr[-2000:]).strip()


def explore() -> str:
    """Tier 2, by pytest."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/faults/test_machine.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return ("" if done.returncode == 0 else FAILED) + done.stdout.strip().splitlines()[-1]
