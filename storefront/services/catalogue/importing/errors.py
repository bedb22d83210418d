"""What can be wrong with a folder that a band brings.

ImportRefused
└── BadAlbumFile
"""

from dataclasses import dataclass
from pathlib import Path

from storefront.media.tags import clean_text


def shown(name: str | Path) -> str:
    """A name as it can be written anywhere: without controls, and without what is no Unicode."""
    return clean_text(str(name)) or "(a name that cannot be shown)"


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that was left out; `file` is its path within the folder, `reason` goes after "cannot be used: "."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file} cannot be used: {self.reason}"


class ImportRefused(Exception):
    """Nothing was imported; `problems` is a list of sentences."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class BadAlbumFile(ImportRefused):
    """What album.toml says cannot be; each sentence names the file and the field."""
