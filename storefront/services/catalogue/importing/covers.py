"""The cover of an album: found, checked, and made anew in every size that pages need."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from storefront.media import child
from storefront.media.accents import accent
from storefront.media.errors import MediaError
from storefront.media.pictures import check_cover, renditions
from storefront.services.catalogue.importing.errors import Problem
from storefront.services.catalogue.importing.folders import find_covers
from storefront.services.catalogue.importing.masters import Master
from storefront.storage import Storage

LARGEST = 50_000_000
DRAWING_SECONDS = 60


@dataclass(frozen=True, slots=True)
class FoundCover:
    """A picture that can be used, `width` x `height` pixels; `accent` is "#rrggbb" four times, as Album keeps it."""

    data: bytes
    digest: str
    width: int
    height: int
    accent: str


def read_cover(folder: Path, masters: Sequence[Master]) -> tuple[FoundCover | None, list[Problem]]:
    """The first picture that can be used, a file before what is inside the masters; and those that cannot."""
    problems = []
    for name, data in _candidates(folder, masters):
        if len(data) > LARGEST:
            problems.append(Problem(name, f"it is larger than {LARGEST // 1_000_000} MB"))
            continue
        try:
            return _checked(data), problems
        except (MediaError, child.ChildFailed) as error:
            problems.append(Problem(name, error.reason))
    return None, problems


def store_cover(storage: Storage, cover: FoundCover) -> None:
    """Puts the picture as it came under its digest, and its renditions under "digest-width.extension"."""
    storage.put_bytes(cover.digest, cover.data)
    made = child.run(renditions, cover.data, seconds=DRAWING_SECONDS)
    for (width, extension), data in made.items():
        storage.put_bytes(f"{cover.digest}-{width}.{extension}", data)


def _candidates(folder: Path, masters: Sequence[Master]) -> Iterator[tuple[str, bytes]]:
    for path in find_covers(folder):
        with path.open("rb") as file:
            yield path.name, file.read(LARGEST + 1)
    # Tracks mostly carry the same one.
    embedded = {master.tags.cover: master.file.name for master in reversed(masters) if master.tags.cover}
    for data, name in reversed(embedded.items()):
        yield f"the cover inside {name}", data


def _checked(data: bytes) -> FoundCover:
    cover = child.run(check_cover, data, seconds=DRAWING_SECONDS)
    colours = child.run(accent, data, seconds=DRAWING_SECONDS)
    colour_words = (colours.light, colours.on_light, colours.dark, colours.on_dark)
    return FoundCover(data, sha256(data).hexdigest(), cover.width, cover.height, " ".join(colour_words))
