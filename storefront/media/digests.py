"""The SHA-256 digest of a file: its name in the storage and its ETag."""

import hashlib
from pathlib import Path


def sha256(path: Path) -> str:
    """Return the digest of the file at ``path`` as 64 lower-case hexadecimal digits; memory use is constant."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
