"""Where the tests' folders are: in memory where there is room for them."""

import os
import shutil
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")
#: Bytes: enough for a whole run, since what passed is removed at once.
ROOM = 2_000_000_000


def keep_in_memory() -> None:
    """Before pytest makes the first. Nothing that a test kills needs a real disk to survive: that is the kernel's work.

    The shop flushes whatever it writes, SQLite's commits and each file of an album, and waits for the disk to say so;
    of a run on a disk a good part is such waiting. Whoever sets PYTEST_DEBUG_TEMPROOT chooses another place.
    """
    try:
        programs_run = not os.statvfs(SHARED_MEMORY).f_flag & os.ST_NOEXEC
        roomy = shutil.disk_usage(SHARED_MEMORY).free > ROOM and os.access(SHARED_MEMORY, os.W_OK)
    except OSError:
        return
    if programs_run and roomy:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(SHARED_MEMORY))
