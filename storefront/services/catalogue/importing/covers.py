"""The cover of an album: found, checked, and made anew in every size that pages need."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from storefront.media import child
from storefront.media.accents import accent
from storefront.media.errors import MediaError
from storefront.media.pictures import check_cover, renditions
from storefront.services.catalogue.importing.errors import Problem, shown
from storefront.services.catalogue.importing.masters import Master, read_picture
from storefront.storage import Storage

LARGEST = 50_000_000
DRAWING_SECONDS = 60
#: Different pictures inside the files of one album that are looked at.
MOST_EMBEDDED = 5

_COVER = re.compile(r"cover|folder|front", re.IGNORECASE)
_LIKE_A_COVER = re.compile(r"cover|front|artwork|album[\s._-]*art|sleeve", re.IGNORECASE)
_NO_COVER = re.compile(r"back|inside|inlay|booklet|tray|small|thumb|\bcd\b|\bdis[ck]\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundCover:
    """A picture that can be used, `width` x `height` pixels; `accent` is "#rrggbb" four times, as Album keeps it."""

    data: bytes
    digest: str
    width: int
    height: int
    accent: str
    #: A file's name, or "the picture inside" one.
    source: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    data: bytes
    width: int
    height: int
    source: str


def read_cover(pictures: Sequence[Path], masters: Sequence[Master]) -> tuple[FoundCover | None, list[Problem]]:
    """The cover, and the pictures that ought to be it and cannot be used.

    It is the largest of the files called cover, folder or front and of the picture that most of the masters carry; if
    there is none, the largest of those that are called nearly so; if there is none, the only picture.
    """
    problems: list[Problem] = []
    for found in (_by_name(pictures, masters), _nearly(pictures), _read(pictures if len(pictures) == 1 else ())):
        if best := _largest(found, problems):
            try:
                return _drawn(best), problems
            except (MediaError, child.ChildFailed) as error:
                problems.append(Problem(best.source, error.reason))
    return None, problems


def store_cover(storage: Storage, cover: FoundCover) -> None:
    """Puts the picture as it came under its digest, and its renditions under "digest-width.extension"."""
    storage.put_bytes(cover.digest, cover.data)
    made = child.run(renditions, cover.data, seconds=DRAWING_SECONDS)
    for (width, extension), data in made.items():
        storage.put_bytes(f"{cover.digest}-{width}.{extension}", data)


_Pictures = Iterator[_Candidate | Problem]


def _by_name(pictures: Iterable[Path], masters: Sequence[Master]) -> _Pictures:
    yield from _read(path for path in pictures if _COVER.fullmatch(path.stem))
    counted = Counter(master.picture for master in masters if master.picture)
    for digest, _ in counted.most_common(MOST_EMBEDDED):
        checked = _embedded(next(master for master in masters if master.picture == digest))
        yield checked
        if isinstance(checked, _Candidate):
            return


def _nearly(pictures: Iterable[Path]) -> _Pictures:
    likely = [path for path in pictures if _LIKE_A_COVER.search(path.stem) and not _NO_COVER.search(path.stem)]
    yield from _read(path for path in likely if not _COVER.fullmatch(path.stem))


def _read(paths: Iterable[Path]) -> _Pictures:
    for path in paths:
        name = shown(path.name)
        try:
            with path.open("rb") as file:
                yield _checked(name, file.read(LARGEST + 1))
        except OSError as error:
            yield Problem(name, f"it cannot be opened: {error.strerror}")


def _embedded(master: Master) -> _Candidate | Problem:
    source = f"the picture inside {master.file.name}"
    try:
        return _checked(source, read_picture(master) or b"")
    except child.ChildFailed as error:
        return Problem(source, error.reason)


def _largest(found: _Pictures, problems: list[Problem]) -> _Candidate | None:
    """Of equals the first. One picture at a time is in memory, beside the best so far."""
    best: _Candidate | None = None
    for checked in found:
        if isinstance(checked, Problem):
            problems.append(checked)
        elif best is None or checked.width * checked.height > best.width * best.height:
            best = checked
    return best


def _checked(source: str, data: bytes) -> _Candidate | Problem:
    if len(data) > LARGEST:
        return Problem(source, f"it is larger than {LARGEST // 1_000_000} MB")
    try:
        cover = child.run(check_cover, data, seconds=DRAWING_SECONDS)
    except (MediaError, child.ChildFailed) as error:
        return Problem(source, error.reason)
    return _Candidate(data, cover.width, cover.height, source)


def _drawn(best: _Candidate) -> FoundCover:
    colours = child.run(accent, best.data, seconds=DRAWING_SECONDS)
    words = " ".join((colours.light, colours.on_light, colours.dark, colours.on_dark))
    return FoundCover(best.data, sha256(best.data).hexdigest(), best.width, best.height, words, best.source)
