"""Reading what a music file says about itself, through mediafile (https://mediafile.readthedocs.io)."""

import datetime
import re
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import mediafile

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


_RENAMED = {
    "album_artist": "albumartist",
    "track_total": "tracktotal",
    "disc_total": "disctotal",
    "comment": "comments",
}
FIELDS = {f.name: _RENAMED.get(f.name, f.name) for f in fields(Tags) if f.name not in ("date", "cover")}
"""Our field -> mediafile's, to read and to write; date and cover are handled by themselves."""

_NUMBERS = frozenset({"track", "track_total", "disc", "disc_total"})
_LONG = frozenset({"lyrics", "comment"})
"""Fields whose line ends are kept."""


def read_tags(path: Path) -> Tags:
    """Return what the file says about itself; tags that cannot be read count as none, for the music may be whole.

    Whether it is music at all is :func:`storefront.media.probing.probe`'s to say.
    """
    # Damaged tags make mutagen raise nearly anything, when opened or when a field is asked for.
    try:
        file = mediafile.MediaFile(str(path))
    except Exception:
        return Tags()
    values: dict[str, Any] = {}
    for ours, theirs in FIELDS.items():
        with suppress(Exception):
            values[ours] = _number(getattr(file, theirs)) if ours in _NUMBERS else _text(getattr(file, theirs), ours)
    with suppress(Exception):
        values["date"] = _date(file)
    with suppress(Exception):
        values["cover"] = _cover(file)
    return Tags(**values)


def clean_text(text: str, limit: int = MAX_TEXT, *, lines: bool = False) -> str:
    """Return ``text`` without controls, direction marks and outer space, cut at ``limit``; ``lines`` keeps lines."""
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not lines:
        text = " ".join(text.split())
    return text[:limit].strip()


def _text(value: object, field: str) -> str:
    if value is None:
        return ""
    return clean_text(str(value), MAX_LYRICS if field == "lyrics" else MAX_TEXT, lines=field in _LONG)


def _number(value: object) -> int | None:
    number = int(str(value)) if value else 0
    return number if 0 < number <= MAX_NUMBER else None


def _date(file: mediafile.MediaFile) -> str:
    """Return as much of a date as the file gives and the calendar knows."""
    year, month, day = _number(file.year), _number(file.month), _number(file.day)
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
    """Return the front cover, or else the first picture."""
    images = sorted(file.images or (), key=lambda image: image.type != mediafile.ImageType.front)
    return bytes(images[0].data) if images else None
