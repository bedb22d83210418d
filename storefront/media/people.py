"""Who did what on a track, by its tags: producers, engineers, players.

Sources: ID3v2.4 §4.2 (TIPL, TMCL, TEXT, TPE3, TPE4), ID3v2.3's IPLS (which mutagen gives as TIPL), and MusicBrainz
Picard's table of the same in Vorbis comments and MP4 (https://picard-docs.musicbrainz.org/en/appendices/tag_mapping.html).
"""

from collections.abc import Iterable, Iterator
from typing import Any

ROLES = (
    "lyricist",
    "arranger",
    "conductor",
    "producer",
    "engineer",
    "mixer",
    "mastering",
    "remixer",
    "performer",
)
MOST = 100

_ID3 = {"TEXT": "lyricist", "TPE3": "conductor", "TPE4": "remixer"}
_SAME = {
    "mix": "mixer",
    "mixing": "mixer",
    "mixing engineer": "mixer",
    "mastering engineer": "mastering",
    "mastered by": "mastering",
    "produced by": "producer",
    "production": "producer",
    "recording engineer": "engineer",
    "arranged by": "arranger",
}
_MP4 = "----:com.apple.iTunes:"


def read_people(tags: Any) -> list[tuple[str, str]]:
    """Return (role, name) of everybody whom mutagen's ``tags`` name, in their order, uncleaned."""
    found = [*_frames(tags)] if hasattr(tags, "getall") else [*_comments(tags)]
    return [(_SAME.get(role.casefold().strip(), role.casefold().strip()), name) for role, name in found if name][:MOST]


def _frames(tags: Any) -> Iterator[tuple[str, str]]:
    for frame, role in _ID3.items():
        for text in tags.getall(frame):
            yield from ((role, str(name)) for name in text.text)
    for frame in ("TIPL", "TMCL"):
        for people in tags.getall(frame):
            yield from ((str(role), str(name)) for role, name in people.people)


def _comments(tags: Any) -> Iterator[tuple[str, str]]:
    for role in ROLES:
        for key in (role, _MP4 + role.upper()):
            yield from ((role, name) for name in _texts(tags.get(key) or ()))


def _texts(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        yield bytes(value).decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
