"""Reading the masters of an album: what they are, what they say about themselves, and their digests."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from storefront.media import child
from storefront.media.digests import sha256
from storefront.media.errors import MediaError
from storefront.media.probing import Probe, probe
from storefront.media.tags import Tags, read_tags
from storefront.services.catalogue.importing.errors import Problem
from storefront.services.catalogue.importing.folders import OTHER_AUDIO, FoundFile
from storefront.services.catalogue.machine import CORES

READING_MEMORY_MB = 512
READING_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Master:
    """A whole, lossless file, with what it says about itself."""

    file: FoundFile
    digest: str
    probe: Probe
    tags: Tags


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


def _read(file: FoundFile) -> Master | Problem:
    """Decodes the whole file in a child process, so that one that is hostile ends nothing but that."""
    if file.path.suffix.removeprefix(".").lower() in OTHER_AUDIO:
        return Problem(file.name, "it is of a kind that is not read here; bring WAV, AIFF, FLAC or ALAC")
    if not file.path.is_file():
        return Problem(file.name, "it is not a file")
    try:
        found = child.run(probe, file.path, memory_mb=READING_MEMORY_MB, seconds=READING_SECONDS)
        if not found.lossless:
            return Problem(
                file.name,
                f"it is {found.codec.upper()}, and finished files of a lossy kind cannot be sold yet; "
                "bring the master it was made from (WAV, AIFF, FLAC or ALAC)",
            )
        tags = child.run(read_tags, file.path, memory_mb=READING_MEMORY_MB, seconds=READING_SECONDS)
        return Master(file, sha256(file.path), found, tags)
    except (MediaError, child.ChildFailed) as error:
        return Problem(file.name, error.reason)
    except OSError as error:
        return Problem(file.name, f"it cannot be opened: {error.strerror or error}")
