"""The order of an album's tracks: by the numbers in their tags, else by those in their names, else by the names."""

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.services.catalogue.importing.masters import Master
from storefront.services.catalogue.importing.names import FileName, read_file_names
from storefront.services.catalogue.importing.sources import Source

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """A master at its place, with what its file's name says; `source` is where the place comes from."""

    disc: int
    position: int
    name: FileName
    master: Master
    source: Source


def in_order(masters: Sequence[Master]) -> list[Placed]:
    """Every master at a place of its own. `masters` come in the order of their names."""
    names = read_file_names([master.file.path.stem for master in masters])
    source, places = Source.TAGS, _by_tags(masters) or _by_folders_and_tags(masters)
    if not places:
        source, places = Source.FILE_NAMES, _by_numbers(masters, names) or _by_names(masters)
    placed = [Placed(*place, name, master, source) for place, name, master in zip(places, names, masters, strict=True)]
    return sorted(placed, key=lambda track: (track.disc, track.position))


def _by_tags(masters: Sequence[Master]) -> list[Place] | None:
    return _if_sound([(m.tags.disc or m.file.disc or 1, m.tags.track or 0) for m in masters])


def _by_folders_and_tags(masters: Sequence[Master]) -> list[Place] | None:
    """For discs that each were tagged as if they were alone."""
    return _if_sound([(m.file.disc or m.tags.disc or 1, m.tags.track or 0) for m in masters])


def _by_numbers(masters: Sequence[Master], names: Sequence[FileName]) -> list[Place] | None:
    return _if_sound(
        [
            (master.file.disc or master.tags.disc or name.disc or 1, name.number or 0)
            for master, name in zip(masters, names, strict=True)
        ]
    )


def _by_names(masters: Sequence[Master]) -> list[Place]:
    counts: dict[int, int] = {}
    places = []
    for master in masters:
        disc = master.file.disc or master.tags.disc or 1
        counts[disc] = counts.get(disc, 0) + 1
        places.append((disc, counts[disc]))
    return places


def _if_sound(places: list[Place]) -> list[Place] | None:
    """None where a number is missing or comes twice."""
    return places if len(set(places)) == len(places) and all(disc and number for disc, number in places) else None
