"""What lies in a band's folder: which folders are albums, and which of their files are music, pictures and texts.

Folders called like "CD 2" belong to the album above them, and so do neighbours called "Low Tide (Disc 1)" and
"Low Tide (Disc 2)" to each other. What cannot be opened is named, and the rest goes on.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from storefront.media.probing import AUDIO_EXTENSIONS
from storefront.services.catalogue.importing import album_file
from storefront.services.catalogue.importing.errors import ImportRefused, Problem, shown
from storefront.services.catalogue.importing.names import is_only_a_kind

#: Music that cannot be read here: named, where other files (a booklet, a text) are simply not music.
OTHER_AUDIO = (
    frozenset("ape wv tta shn dsf dff wma mpc ra mka opus ac3 dts mid midi caf au snd".split()) - AUDIO_EXTENSIONS
)
PICTURE_EXTENSIONS = frozenset({"jpg", "jpeg", "png", "webp"})
LOSSLESS_EXTENSIONS = frozenset({"wav", "wave", "w64", "aif", "aiff", "aifc", "flac", "alac"})
#: Folders in which a band keeps the pictures of an album.
PICTURE_FOLDERS = frozenset({"artwork", "art", "cover", "covers", "scans", "images", "pictures"})
MOST_FILES = 500
DEEPEST = 20

_NUMBER = r"(?P<number>\d{1,2}|(?<=[\s._-])(?:[a-h]|i{1,3}|iv|one|two|three|four|five|six))"
_DISC = re.compile(rf"(?:cd|dis[ck]|side|part|lp|vol(?:ume)?)[\s._-]*{_NUMBER}\b.*", re.IGNORECASE)
_DISC_AT_END = re.compile(rf"(?P<title>.*\w\W*?)[\s._-]*[(\[]?(?:cd|dis[ck])[\s._-]*{_NUMBER}[)\]]?", re.IGNORECASE)
_WORDS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may be music: `name` is its path within the album, as it can be shown, `disc` is what that says."""

    path: Path
    name: str
    disc: int | None


@dataclass(frozen=True, slots=True)
class FoundAlbum:
    """An album before its files are read. `folder` is where its album.toml may lie; `files` are never none."""

    folder: Path
    #: What its folder or folders are called, without a disc's number.
    name: str
    files: tuple[FoundFile, ...]
    #: In the folders of its music, and in those for pictures.
    pictures: tuple[Path, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The albums below a folder in the order of their names; `problems` are of folders that could not be opened."""

    albums: tuple[FoundAlbum, ...]
    problems: tuple[Problem, ...]


def find_albums(folder: Path) -> Found:
    """`folder` itself if it holds an album, else those below it that do.

    Raises ImportRefused if it is no folder, cannot be read or holds no music.
    """
    search = _Search(folder)
    albums = tuple(search.albums(folder, 0))
    if not any(album.files for album in albums):
        raise _refusal(folder, [*search.problems, *(problem for album in albums for problem in album.problems)])
    return Found(albums, tuple(search.problems))


def find_album(folder: Path) -> FoundAlbum:
    """The album whose folder this is, whatever lies below it. Raises ImportRefused as find_albums does."""
    search = _Search(folder)
    album = search.album(folder, folder.absolute().name, search.discs(folder))
    if not album.files:
        raise _refusal(folder, [*search.problems, *album.problems])
    return album


def _refusal(folder: Path, problems: Sequence[Problem]) -> ImportRefused:
    return (
        ImportRefused(*map(str, problems)) if problems else ImportRefused(f"{shown(folder)}: there is no music in it")
    )


def in_natural_order(names: Iterable[Path]) -> list[Path]:
    """Sorted as people count: "2 Tide" before "10 Tide"."""
    return sorted(names, key=lambda path: natural_key(path.name))


def natural_key(name: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isascii() and part.isdigit() else (0, part.casefold()) for part in _DIGITS.split(name)
    ]


@dataclass(frozen=True, slots=True)
class _Listing:
    """What one folder holds, each in natural order."""

    folders: list[Path] = field(default_factory=list)
    music: list[Path] = field(default_factory=list)
    pictures: list[Path] = field(default_factory=list)


_Discs = Sequence[tuple[Path, int | None]]


class _Search:
    """Looks through the folders below `root`, each once."""

    def __init__(self, root: Path) -> None:
        try:
            next(root.iterdir(), None)
        except OSError as error:
            raise ImportRefused(f"{shown(root)}: {error.strerror}") from None
        self._root = root
        self._listings: dict[Path, _Listing] = {}
        self._holds_music: dict[Path, bool] = {}
        self.problems: list[Problem] = []

    def albums(self, folder: Path, depth: int) -> Iterator[FoundAlbum]:
        if depth > DEEPEST:
            self._complain(folder, f"it lies more than {DEEPEST} folders deep")
            return
        listing = self._list(folder)
        discs = self.discs(folder)
        rest = [sub for sub in listing.folders if sub not in dict(discs) and self._has_music(sub, depth)]
        if (folder / album_file.NAME).exists() or (listing.music and len(rest) < 2) or (len(discs) > 1 and not rest):
            yield self.album(folder, folder.absolute().name, discs)
            return
        if listing.music:  # a shelf on which something lies loose
            yield self.album(folder, folder.absolute().name, [(folder, None)], strays=False)
        for sub in sorted(listing.folders, key=self._is_a_copy):
            yield from self._below(sub, listing, depth)

    def discs(self, folder: Path) -> _Discs:
        """The folders whose files are the album of `folder`, which is one of them if music lies in it."""
        listing = self._list(folder)
        below: list[tuple[Path, int | None]] = [
            (sub, disc) for sub in listing.folders if (disc := disc_of(sub.name)) and self._list(sub).music
        ]
        if not below and not listing.music:
            series = [group for group in self._series(listing.folders) if len(group) > 1]
            others = [sub for sub in listing.folders if self._has_music(sub, 0)]
            below = series[0] if len(series) == 1 and len(series[0]) == len(others) else []
        return [*([(folder, None)] if listing.music else []), *below]

    def album(self, folder: Path, name: str, discs: _Discs, *, strays: bool = True) -> FoundAlbum:
        """Raises ImportRefused if its files are too many for one album."""
        files = [
            FoundFile(path, shown(path.name if sub == folder else f"{sub.name}/{path.name}"), disc)
            for sub, disc in discs
            for path in self._list(sub).music
        ]
        problems = self._strays(folder, discs) if strays else []
        if len(files) > MOST_FILES:
            reason = f"{len(files)} files are more than one album has; the most is {MOST_FILES}"
            problems, files = [Problem(shown(f"{folder.name}/"), reason)], []
        return FoundAlbum(folder, name, tuple(files), tuple(self._pictures(folder, discs)), tuple(problems))

    def _below(self, sub: Path, above: _Listing, depth: int) -> Iterator[FoundAlbum]:
        """The albums in one of several folders; neighbours that are discs of one album come with the first of them."""
        for group in self._series(above.folders):
            if len(group) > 1 and sub in dict(group):
                if sub == group[0][0]:
                    yield self.album(sub, _title(sub), group, strays=False)
                return
        yield from self.albums(sub, depth + 1)

    def _is_a_copy(self, folder: Path) -> bool:
        """Whether it is called "MP3" or the like: it comes after the folder "WAV", whose album it most likely is."""
        lossless = any(path.suffix[1:].lower() in LOSSLESS_EXTENSIONS for path in self._list(folder).music)
        return is_only_a_kind(folder.name) and not lossless

    def _series(self, folders: Iterable[Path]) -> list[list[tuple[Path, int | None]]]:
        """Neighbours called alike but for the number of a disc at the end."""
        groups: dict[str, list[tuple[Path, int | None]]] = {}
        for sub in folders:
            if (match := _DISC_AT_END.fullmatch(sub.name)) and self._list(sub).music:
                groups.setdefault(match["title"].casefold().strip(" ._-"), []).append((sub, _count(match["number"])))
        return list(groups.values())

    def _strays(self, folder: Path, discs: _Discs) -> list[Problem]:
        """Folders within an album that hold music but are no discs of it."""
        return [
            Problem(shown(f"{sub.name}/"), 'only folders called like "CD 2" belong to the album; import it by itself')
            for sub in self._list(folder).folders
            if sub not in dict(discs) and self._list(sub).music
        ]

    def _pictures(self, folder: Path, discs: _Discs) -> Iterator[Path]:
        for place in dict.fromkeys([folder, *(sub for sub, _ in discs)]):
            listing = self._list(place)
            yield from listing.pictures
            for sub in listing.folders:
                if sub.name.casefold() in PICTURE_FOLDERS:
                    yield from self._list(sub).pictures

    def _has_music(self, folder: Path, depth: int) -> bool:
        """Whether music lies in a folder or anywhere below it."""
        if folder not in self._holds_music:
            listing = self._list(folder)
            below = depth < DEEPEST and any(self._has_music(sub, depth + 1) for sub in listing.folders)
            self._holds_music[folder] = bool(listing.music) or below
        return self._holds_music[folder]

    def _list(self, folder: Path) -> _Listing:
        if folder not in self._listings:
            self._listings[folder] = listing = _Listing()
            try:
                for path in in_natural_order(folder.iterdir()):
                    self._sort(path, listing)
            except OSError as error:
                self._complain(folder, f"it cannot be opened: {error.strerror}")
        return self._listings[folder]

    def _sort(self, path: Path, listing: _Listing) -> None:
        # macOS's "._Song.wav" holds no music, nor does "__MACOSX".
        if path.name.startswith((".", "__")):
            return
        extension = path.suffix.removeprefix(".").lower()
        if path.is_dir():
            if not path.is_symlink():  # a link may lead in circles
                listing.folders.append(path)
        elif extension in AUDIO_EXTENSIONS | OTHER_AUDIO:
            listing.music.append(path)
        elif extension in PICTURE_EXTENSIONS and path.is_file():
            listing.pictures.append(path)

    def _complain(self, folder: Path, reason: str) -> None:
        name = folder.relative_to(self._root) if folder.is_relative_to(self._root) else folder
        self.problems.append(Problem(shown(f"{name}/"), reason))


def disc_of(name: str) -> int | None:
    """The number in "CD 2", "Disc_2 - Live", "Disc Two" or "Side B"."""
    match = _DISC.fullmatch(name)
    return _count(match["number"]) if match else None


def _count(number: str) -> int:
    if number.isdigit():
        return int(number)
    return _WORDS.get(number.lower()) or ord(number.lower()) - ord("a") + 1


def _title(folder: Path) -> str:
    match = _DISC_AT_END.fullmatch(folder.name)
    return match["title"].strip(" ._-([") if match else folder.name
