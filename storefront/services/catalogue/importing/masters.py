"""Reading the masters of an album: what they are, what they say about themselves, and their digests."""

import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from storefront.media import child
from storefront.media.digests import sha256
from storefront.media.errors import MediaError
from storefront.media.probing import Probe, probe
from storefront.media.tags import Tags, read_tags
from storefront.services.catalogue.importing.errors import Problem
from storefront.services.catalogue.importing.folders import LOSSLESS_EXTENSIONS, OTHER_AUDIO, FoundFile
from storefront.services.catalogue.machine import CORES

READING_MEMORY_MB = 512
READING_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Master:
    """A whole file of music, with what it says about itself.

    The picture inside it may be large, and an album has many files: of it only the SHA-256 is kept, as `picture`.
    """

    file: FoundFile
    digest: str
    probe: Probe
    tags: Tags
    picture: str | None = None


def read_masters(files: Sequence[FoundFile], report: Callable[[str], None]) -> tuple[list[Master], list[Problem]]:
    """Reads every file, as many at once as there are cores; what cannot be used is a Problem and spoils nothing else.

    `report` is told the name of each file that has been looked at.
    """
    masters: list[Master] = []
    problems: list[Problem] = []
    with ThreadPoolExecutor(CORES, thread_name_prefix="import") as threads:
        for outcome in threads.map(_read, files):
            if isinstance(outcome, Master):
                masters.append(outcome)
                report(outcome.file.name)
            else:
                problems.append(outcome)
                report(outcome.file)
    return masters, problems


def read_picture(master: Master) -> bytes | None:
    """The picture inside a master, once more. Raises ChildFailed."""
    return child.run(read_tags, master.file.path, memory_mb=READING_MEMORY_MB, seconds=READING_SECONDS).cover


def without_twins(files: Sequence[FoundFile]) -> tuple[list[FoundFile], list[FoundFile]]:
    """The files to read, and those lossy ones that lie beside a lossless one of the same name: it is made into all."""
    lossless = {_place(file) for file in files if _extension(file) in LOSSLESS_EXTENSIONS}
    twins = [file for file in files if _extension(file) not in LOSSLESS_EXTENSIONS and _place(file) in lossless]
    return [file for file in files if file not in twins], twins


def _place(file: FoundFile) -> tuple[str, str]:
    return str(file.path.parent), file.path.stem.casefold()


def _extension(file: FoundFile) -> str:
    return file.path.suffix.removeprefix(".").lower()


def _read(file: FoundFile) -> Master | Problem:
    """Decodes the whole file in a child process, so that one that is hostile ends nothing but that."""
    if _extension(file) in OTHER_AUDIO:
        return Problem(
            file.name, "it is of a kind that is not read here; bring WAV, AIFF, FLAC, ALAC, or MP3, AAC, Opus, Vorbis"
        )
    if not file.path.is_file():
        return Problem(file.name, "it is not a file")
    try:
        found = child.run(probe, file.path, memory_mb=READING_MEMORY_MB, seconds=READING_SECONDS)
        tags = child.run(read_tags, file.path, memory_mb=READING_MEMORY_MB, seconds=READING_SECONDS)
        picture = hashlib.sha256(tags.cover).hexdigest() if tags.cover else None
        return Master(file, sha256(file.path), found, dataclasses.replace(tags, cover=None), picture)
    except (MediaError, child.ChildFailed) as error:
        return Problem(file.name, error.reason)
    except OSError as error:
        return Problem(file.name, f"it cannot be opened: {error.strerror or error}")
