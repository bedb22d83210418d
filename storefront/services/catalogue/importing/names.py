"""What the names of files and folders say: numbers, artists and titles, as bands and other shops write them.

07 Low Tide               1-07. Low Tide                        [07] Low_Tide
Mara Quist - Low Tide - 07 Harbour  (Bandcamp's)                07 - Mara Quist - Harbour
A2 Harbour  (a side of a record)                                Mara Quist - Low Tide (2026) [FLAC]  (a folder)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: "07", "07.", "1-07", "[07]", "(07)", "7)", "#7", "Track 07", each before a title or alone.
_NUMBERED = re.compile(
    r"[\[(#]?(?:track[\s._-]*)?(?:(?P<disc>\d{1,2})[-.])?(?P<number>\d{1,3})[\])]?"
    r"(?:(?:[\s._-]+|(?<=[\])]))(?P<title>.*))?",
    re.IGNORECASE,
)
_SIDED = re.compile(r"(?P<side>[A-H])(?P<number>\d{1,2})(?:[\s._-]+(?P<title>.*))?", re.IGNORECASE)
_DASH = re.compile(r"\s+[-–—]\s+|\s*_-_\s*")
_YEAR_FIRST = re.compile(
    r"(?:[(\[](?=....[)\]])|(?=....\s*[-–—.]))(?P<year>(?:19|20)\d\d)[)\]]?\s*[-–—.]?\s*(?P<rest>\S.*)"
)
_YEAR_LAST = re.compile(r"(?P<rest>.*\S)\s*[(\[](?P<year>(?:19|20)\d\d)[)\]]")
_KIND = r"flac|wave?|aiff?|alac|mp3|aac|m4a|opus|ogg|v0|320|lossless|masters?|audio|web|cd|\d\d[\s-]?bit"
_KIND_AT_END = re.compile(rf"(?P<rest>.*\S)\s*[(\[](?:{_KIND})(?:[\s,/-].*)?[)\]]", re.IGNORECASE)
_ONLY_A_KIND = re.compile(rf"(?:(?:{_KIND})[\s_-]*)+", re.IGNORECASE)


#: More than any number in a name.
SIDE = 1000


@dataclass(frozen=True, slots=True)
class FileName:
    """What a file's name says; None and "" where it says nothing."""

    disc: int | None
    number: int | None
    artist: str
    title: str


@dataclass(frozen=True, slots=True)
class FolderName:
    """What a folder's name says; `year` is "" or four digits."""

    artist: str
    title: str
    year: str


def read_file_names(stems: Sequence[str]) -> list[FileName]:
    """Reads the names (without their endings) of all files of one album together.

    A number is one, and an artist is one, only if every name has them: "99 Balloons" alone is a title.
    """
    parts = _without_common([_parts(stem) for stem in stems])
    numbered = [_numbered(name[0]) for name in parts]
    discs: list[int | None] = [None] * len(parts)
    numbers: list[int | None] = [None] * len(parts)
    if all(numbered) and len({(disc, number) for disc, number, _ in filter(None, numbered)}) == len(parts):
        for place, found in enumerate(numbered):
            assert found is not None
            discs[place], numbers[place], first = found
            parts[place] = [first, *parts[place][1:]] if first else parts[place][1:] or [""]
    artists, titles = _artists(parts, [_parts(stem) for stem in stems])
    return [FileName(*name) for name in zip(discs, _counted(numbers), artists, titles, strict=True)]


def read_folder_name(name: str) -> FolderName:
    """Reads "Mara Quist - Low Tide (2026) [FLAC]"; a folder may be called by its title alone."""
    rest, year = name.replace("_", " ") if " " not in name else name, ""
    while match := _KIND_AT_END.fullmatch(rest):
        rest = match["rest"]
    for pattern in (_YEAR_LAST, _YEAR_FIRST):
        if not year and (match := pattern.fullmatch(rest)):
            rest, year = match["rest"], match["year"]
    while match := _KIND_AT_END.fullmatch(rest):
        rest = match["rest"]
    artist, title = "", rest
    parts = _DASH.split(rest)
    if len(parts) > 1:
        artist, title = parts[0], " - ".join(parts[1:])
        if match := _YEAR_FIRST.fullmatch(title):
            title, year = match["rest"], year or match["year"]
    return FolderName(artist.strip(), title.strip(), year)


def is_only_a_kind(name: str) -> bool:
    """Whether a folder's name says no more than "FLAC" or "WAV 24bit": then the one above it has the title."""
    return _ONLY_A_KIND.fullmatch(name) is not None


def _parts(stem: str) -> list[str]:
    parts = _DASH.split(stem.strip())
    return [part.replace("_", " ").strip() for part in parts]


def _numbered(text: str) -> tuple[int | None, int, str] | None:
    if match := _NUMBERED.fullmatch(text):
        return int(match["disc"]) if match["disc"] else None, int(match["number"]), match["title"] or ""
    if match := _SIDED.fullmatch(text):
        # "B1" comes after every track of side A; _counted makes one row of numbers of them.
        side = ord(match["side"].upper()) - ord("A") + 1
        return None, SIDE * side + int(match["number"]), match["title"] or ""
    return None


def _counted(numbers: list[int | None]) -> list[int | None]:
    """Numbers of sides as the first, the second, ... of all."""
    if not all(number and number > SIDE for number in numbers):
        return numbers
    in_order = sorted(filter(None, numbers))
    return [in_order.index(number) + 1 if number else None for number in numbers]


def _without_common(names: list[list[str]]) -> list[list[str]]:
    """Without the parts at the beginning that several files share: the artist, the album."""
    while len(names) > 1 and all(len(name) > 1 for name in names) and len({name[0].casefold() for name in names}) == 1:
        names = [name[1:] for name in names]
    return names


def _artists(parts: list[list[str]], whole: list[list[str]]) -> tuple[list[str], list[str]]:
    """Artist and title of each: "Mara Quist - Harbour" where every name is like that, or all begin with one artist."""
    shared = whole[0][0] if len(_without_common(whole)[0]) < len(whole[0]) else ""
    if _numbered(shared):
        shared = ""
    rest = _without_common(parts)
    if len(rest[0]) < len(parts[0]):
        shared = parts[0][0]
    if not shared and all(len(name) > 1 for name in rest):
        return [name[0] for name in rest], [" - ".join(name[1:]) for name in rest]
    return [shared] * len(rest), [" - ".join(name) for name in rest]
