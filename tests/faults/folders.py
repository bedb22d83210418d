"""Where worlds and mutants are put: in memory, where the system has such a folder."""

import os
from pathlib import Path

from tests.support.folders import SHARED_MEMORY

#: The environment's word on it: whoever sets it removes the folder.
FOLDER = "STOREFRONT_FAULTS_FOLDER"


def fast_folder() -> Path | None:
    """None: the system's usual place."""
    if folder := os.environ.get(FOLDER):
        return Path(folder)
    return SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
