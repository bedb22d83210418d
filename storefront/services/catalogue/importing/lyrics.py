"""Lyrics that lie beside a track: "01 Harbour.txt" or "01 Harbour.lrc" for "01 Harbour.wav"."""

import re
from pathlib import Path

from storefront.media.tags import MAX_LYRICS, clean_text
from storefront.media.texts import decoded

EXTENSIONS = (".lrc", ".txt")
LARGEST = 200_000

#: LRC's times ("[01:23.45]", "<01:23.45>" within a line) and its headings ("[ar:Mara Quist]").
_TIMES = re.compile(r"[\[<]\d{1,3}:\d\d(?:[.:]\d{1,3})?[\]>]")
_HEADING = re.compile(r"\[[a-z#]+:.*\]", re.IGNORECASE)


def read_lyrics(song: Path) -> str:
    """The words beside `song`, without the times of an LRC file; "" where none lie there or they cannot be read."""
    for extension in EXTENSIONS:
        path = song.with_suffix(extension)
        try:
            if path.is_file() and path.stat().st_size <= LARGEST:
                return _plain(decoded(path.read_bytes()))
        except OSError:
            continue
    return ""


def _plain(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    words = "\n".join(_TIMES.sub("", line).strip() for line in lines if not _HEADING.fullmatch(line))
    return clean_text(words, MAX_LYRICS, lines=True)
