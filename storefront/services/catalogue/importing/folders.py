"""What lies in a band's folder: which folders are albums, which files are music, which picture is the cover."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from storefront.media.probing import AUDIO_EXTENSIONS
from storefront.services.catalogue.importing import album_file
from storefront.services.catalogue.importing.errors import ImportRefused, shown

#: Music that cannot be read here: named, where other files (a booklet, a text) are simply not music.
OTHER_AUDIO = (
    frozenset("ape wv tta shn dsf dff wma mpc ra mka opus ac3 dts mid midi caf au snd".split()) - AUDIO_EXTENSIONS
)
COVER_NAMES = ("cover", "folder", "front")
COVER_EXTENSIONS = ("jpg", "jpeg", "png", "webp")
MOST_FILES = 500

_DISC = re.compile(r"(?:cd|dis[ck]|side|part|lp|vol(?:ume)?)[\s._-]*(\d{1,2}|[a-h])\b.*", re.IGNORECASE)
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may be music: `name` is its path within the album, as it can be shown, `disc` is what that says."""

    path: Path
    name: str
    disc: int | None


def album_folders(folder: Path) -> list[Path]:
    """`folder` itself if it holds an album, else those below it that do, in order of their names.

    Raises ImportRefused if it is no folder, cannot be read or holds no music.
    """
    try:
        found = list(_albums(folder))
    except OSError as error:
        raise ImportRefused(f"{shown(error.filename)}: {error.strerror}") from None
    if not found:
        raise ImportRefused(f"{shown(folder)}: there is no music in it")
    return found


def find_music(folder: Path) -> list[FoundFile]:
    """The files of an album that are music by their names, also in folders for its discs, in the order of names.

    Raises ImportRefused if they are too many for one album.
    """
    found = [FoundFile(path, shown(path.name), None) for path in _music(folder)]
    for below in _folders(folder):
        if disc := _disc(below):
            found += [FoundFile(path, shown(f"{below.name}/{path.name}"), disc) for path in _music(below)]
    if len(found) > MOST_FILES:
        raise ImportRefused(
            f"{shown(folder)}: {len(found)} files are more than one album has; the most is {MOST_FILES}"
        )
    return found


def stray_folders(folder: Path) -> list[str]:
    """The names of folders within an album that hold music but are no discs of it."""
    return [shown(below.name) for below in _folders(folder) if not _disc(below) and _music(below)]


def find_covers(folder: Path) -> list[Path]:
    """The pictures that are the cover by their names, the likeliest first."""
    pictures = {path.name.casefold(): path for path in folder.iterdir() if path.is_file()}
    names = (f"{name}.{extension}" for name in COVER_NAMES for extension in COVER_EXTENSIONS)
    return [pictures[name] for name in names if name in pictures]


def in_natural_order(names: Iterable[Path]) -> list[Path]:
    """Sorted as people count: "2 Tide" before "10 Tide"."""
    return sorted(names, key=lambda path: natural_key(path.name))


def natural_key(name: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isascii() and part.isdigit() else (0, part.casefold()) for part in _DIGITS.split(name)
    ]


def _albums(folder: Path) -> Iterator[Path]:
    below = _folders(folder)
    discs = [sub for sub in below if _disc(sub) and _music(sub)]
    if (folder / album_file.NAME).exists() or _music(folder) or (discs and len(discs) == len(below)):
        yield folder
        return
    for sub in below:
        yield from _albums(sub)


def _folders(folder: Path) -> list[Path]:
    # A link may lead in circles.
    return in_natural_order(
        path for path in folder.iterdir() if path.is_dir() and not path.is_symlink() and not _is_hidden(path)
    )


def _music(folder: Path) -> list[Path]:
    kinds = AUDIO_EXTENSIONS | OTHER_AUDIO
    return in_natural_order(
        path
        for path in folder.iterdir()
        if path.suffix.removeprefix(".").lower() in kinds and not path.is_dir() and not _is_hidden(path)
    )


def _is_hidden(path: Path) -> bool:
    """Among them macOS's "._Song.wav", which holds no music, and "__MACOSX"."""
    return path.name.startswith((".", "__"))


def _disc(folder: Path) -> int | None:
    """The number in "CD 2", "Disc_2" or "Side B"."""
    match = _DISC.fullmatch(folder.name)
    if not match:
        return None
    return int(match[1]) if match[1].isdigit() else ord(match[1].lower()) - ord("a") + 1
