"""Where an import took something from, as it tells the band."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Reads on after "from"."""

    ALBUM_FILE = "album.toml"
    TAGS = "the tags"
    FILE_NAMES = "the names of the files"
    FOLDER_NAME = "the name of the folder"
    BESIDE = "texts beside the files"
    COMMAND = "the command line"


@dataclass(frozen=True, slots=True)
class Taken:
    """What was found ("title", "cover (1400 × 1400)"), and where: a Source, or a file's name."""

    what: str
    source: str


def by_source(taken: Iterable[Taken]) -> dict[str, list[str]]:
    """Source -> what was taken from it, both in the order in which they came."""
    sources: dict[str, list[str]] = {}
    for one in taken:
        sources.setdefault(one.source, []).append(one.what)
    return sources
