"""Reading what a music file says about itself, through mediafile (https://mediafile.readthedocs.io).

That is ID3v1, ID3v2.2 to 2.4, Vorbis comments and MP4's atoms; RIFF's INFO and AIFF's own texts are read where an ID3
tag says nothing.
"""

import datetime
import re
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import mediafile

from storefront.media.chunk_texts import read_chunk_texts
from storefront.media.people import read_people
from storefront.media.texts import mended

MAX_TEXT = 500
MAX_LYRICS = 20_000
MAX_NUMBER = 9_999

# C0 and C1 controls but tab and line ends; the marks that turn the direction of text; what no encoding can hold.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says. Text is cleaned, and "" where nothing is said; a number is None.

    ``date`` is ISO 8601 of any precision ("2026", "2026-11", "2026-11-01"); ``cover`` is as it was embedded, unchecked.
    """

    title: str = ""
    artist: str = ""
    album: str = ""
    album_artist: str = ""
    track: int | None = None
    track_total: int | None = None
    disc: int | None = None
    disc_total: int | None = None
    date: str = ""
    isrc: str = ""
    lyrics: str = ""
    composer: str = ""
    genre: str = ""
    label: str = ""
    copyright: str = ""
    comment: str = ""
    cover: bytes | None = None
    #: (role, name): a role of media.people.ROLES, or an instrument. Only read: our own files have credits as comment.
    people: tuple[tuple[str, str], ...] = ()


_RENAMED = {
    "album_artist": "albumartist",
    "track_total": "tracktotal",
    "disc_total": "disctotal",
    "comment": "comments",
}
FIELDS = {f.name: _RENAMED.get(f.name, f.name) for f in fields(Tags) if f.name not in ("date", "cover", "people")}
"""Our field -> mediafile's, to read and to write; date, cover and people are handled by themselves."""

_NUMBERS = frozenset({"track", "track_total", "disc", "disc_total"})
_LONG = frozenset({"lyrics", "comment"})
"""Fields whose line ends are kept."""


def read_tags(path: Path) -> Tags:
    """Return what the file says about itself; tags that cannot be read count as none, for the music may be whole.

    Whether it is music at all is :func:`storefront.media.probing.probe`'s to say.
    """
    values: dict[str, Any] = {}
    # Damaged tags make mutagen raise nearly anything, when opened or when a field is asked for.
    with suppress(Exception):
        values = _read(mediafile.MediaFile(str(path)))
    with suppress(OSError):
        for field, text in read_chunk_texts(path).items():
            if not values.get(field):
                values[field] = _plain(field, text)
    return Tags(**values)


def _read(file: mediafile.MediaFile) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for ours, theirs in FIELDS.items():
        with suppress(Exception):
            values[ours] = _number(getattr(file, theirs)) if ours in _NUMBERS else _text(getattr(file, theirs), ours)
    with suppress(Exception):
        values["date"] = _date(file)
    with suppress(Exception):
        values["cover"] = _cover(file)
    with suppress(Exception):
        people = (tuple(_text(word, "people") for word in pair) for pair in read_people(file.mgfile.tags))
        values["people"] = tuple(dict.fromkeys((role, name) for role, name in people if role and name))
    return values


def _plain(field: str, text: str) -> str | int | None:
    """A field of a plain text chunk: "3/9" is a track, "2026-11-01T12:00" a date."""
    if field == "track":
        match = re.match(r"\s*(\d{1,4})", text, re.ASCII)
        return _number(match[1]) if match else None
    if field == "date":
        match = re.match(r"\s*(\d{4})(?:[-./](\d\d?))?(?:[-./](\d\d?))?", text, re.ASCII)
        return _calendar(*(_number(part) for part in match.groups())) if match else ""
    return _text(text, field)


def clean_text(text: str, limit: int = MAX_TEXT, *, lines: bool = False) -> str:
    """Return ``text`` without controls, direction marks and outer space, cut at ``limit``; ``lines`` keeps lines."""
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not lines:
        text = " ".join(text.split())
    return text[:limit].strip()


def _text(value: object, field: str) -> str:
    if value is None:
        return ""
    return clean_text(mended(str(value)), MAX_LYRICS if field == "lyrics" else MAX_TEXT, lines=field in _LONG)


def _number(value: object) -> int | None:
    number = int(str(value)) if value else 0
    return number if 0 < number <= MAX_NUMBER else None


def _date(file: mediafile.MediaFile) -> str:
    return _calendar(_number(file.year), _number(file.month), _number(file.day))


def _calendar(year: int | None, month: int | None, day: int | None) -> str:
    """Return as much of a date as is given and the calendar knows."""
    if year is None:
        return ""
    if month is None or month > 12:
        return f"{year:04}"
    if day is None:
        return f"{year:04}-{month:02}"
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return f"{year:04}-{month:02}"


def _cover(file: mediafile.MediaFile) -> bytes | None:
    """Return the largest of the front covers, or else of all pictures, in bytes."""
    images = file.images or ()
    front = [image for image in images if image.type == mediafile.ImageType.front]
    return max((bytes(image.data) for image in front or images), key=len, default=None)
