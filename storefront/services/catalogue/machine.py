"""What this machine has, for work that is done several at once."""

import os

#: Files are decoded and encoded on as many cores at once; the children that do it are niced, so pages come first.
CORES = max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
