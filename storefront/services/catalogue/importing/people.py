"""Credits, as the tags of the tracks give them: "Mixed by Ines Okafor", and on which tracks where it is not all."""

from collections.abc import Sequence

from storefront.services.catalogue.importing.ordering import Placed

#: A role in tags -> how a credit begins.
WORDS = {
    "lyricist": "Words by",
    "arranger": "Arranged by",
    "conductor": "Conducted by",
    "producer": "Produced by",
    "engineer": "Recorded by",
    "mixer": "Mixed by",
    "mastering": "Mastered by",
    "remixer": "Remixed by",
    "performer": "Played by",
}
MOST_LINES = 50


def credits_of(placed: Sequence[Placed]) -> str:
    """One credit a line; "" where the tags name nobody. The composer is not among them: each track has its own."""
    tracks: dict[tuple[str, str], list[int]] = {}
    for number, track in enumerate(placed, 1):
        for role, name in track.master.tags.people:
            tracks.setdefault((role, name), []).append(number)
    lines = [
        f"{WORDS.get(role, role.capitalize() + ':')} {name}{_where(numbers, len(placed))}"
        for (role, name), numbers in tracks.items()
    ]
    return "\n".join(lines[:MOST_LINES])


def _where(numbers: Sequence[int], all_tracks: int) -> str:
    if len(set(numbers)) == all_tracks:
        return ""
    word = "track" if len(numbers) == 1 else "tracks"
    return f" ({word} {', '.join(map(str, dict.fromkeys(numbers)))})"
