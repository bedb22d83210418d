"""The order of an album's tracks: by the numbers in their tags, else by those in their names, else by the names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storefront.services.catalogue.importing.masters import Master

#: "07 Low Tide", "07. Low Tide", "07 - Low Tide", "1-07 Low Tide", "07".
_NUMBERED = re.compile(r"(?:(?P<disc>\d{1,2})[-.])?(?P<number>\d{1,3})(?:[\s._-]+(?P<title>.*))?")

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """A master at its place; `name` is what its file's name calls it, without a number."""

    disc: int
    position: int
    name: str
    master: Master


def in_order(masters: Sequence[Master]) -> list[Placed]:
    """Every master at a place of its own. `masters` come in the order of their names."""
    numbered = [_NUMBERED.fullmatch(master.file.path.stem) for master in masters]
    # A number is one only if every file has one: "99 Balloons.wav" alone is a title.
    matches = [match for match in numbered if match]
    in_names = len(matches) == len(masters) and len({(m["disc"], m["number"]) for m in matches}) == len(masters)
    names = [match["title"] or "" for match in matches] if in_names else [master.file.path.stem for master in masters]
    places = _by_tags(masters) or (_by_numbers(masters, matches) if in_names else None) or _by_names(masters)
    placed = [Placed(*place, name, master) for place, name, master in zip(places, names, masters, strict=True)]
    return sorted(placed, key=lambda track: (track.disc, track.position))


def _by_tags(masters: Sequence[Master]) -> list[Place] | None:
    places = [(m.tags.disc or m.file.disc or 1, m.tags.track or 0) for m in masters]
    return _if_sound(places)


def _by_numbers(masters: Sequence[Master], matches: Sequence[re.Match[str]]) -> list[Place] | None:
    places = [
        (master.file.disc or master.tags.disc or int(match["disc"] or 1), int(match["number"]))
        for master, match in zip(masters, matches, strict=True)
    ]
    return _if_sound(places)


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
