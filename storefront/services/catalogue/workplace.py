"""Temporary folders for files in the making, which outlive no process that made them, not even one that was killed."""

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "storefront-work-"
LOCK = ".lock"
#: A folder is made before it is locked: one that is younger is not looked at.
YOUNG_SECONDS = 60


@contextmanager
def workplace() -> Iterator[Path]:
    """An empty folder in the system's temporary one (TMPDIR moves it), gone at the end of the block."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder, Path(folder, LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(folder)


def clear_workplaces() -> None:
    """Deletes the folders of processes that were killed: the system has let go of their locks."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime > YOUNG_SECONDS:
                with (folder / LOCK).open("rb") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder)
        except OSError:
            continue  # somebody works there, or was quicker to delete it, or it is another user's
