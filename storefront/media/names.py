"""File names that any system takes, out of titles that may hold anything.

The rules are those of the strictest, Windows (https://learn.microsoft.com/windows/win32/fileio/naming-a-file), and a
length that leaves room for folders.
"""

import re
import unicodedata
from collections.abc import Iterable

MAX_BYTES = 120
FALLBACK = "untitled"

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
_JOINERS = "\u200c\u200d"
"""Invisible, but part of how Persian words and many emoji are written."""


def safe_name(text: str, extension: str = "", max_bytes: int = MAX_BYTES) -> str:
    """Return ``text`` as a file name, in Unicode's NFC, of at most ``max_bytes`` bytes of UTF-8, never empty.

    ``extension`` comes without its dot and is kept whole; without one it is the name of a folder. The name holds no
    separator, no control or direction mark, no reserved word, and begins and ends with neither dot nor space.
    """
    ending = f".{extension}" if extension else ""
    text = unicodedata.normalize("NFC", "".join(map(_visible, text)))
    text = _FORBIDDEN.sub("-", text)
    text = _trimmed(" ".join(text.split()))
    if _RESERVED.match(text):
        text = "_" + text
    return (_shortened(text, max_bytes - len(ending.encode())) or FALLBACK) + ending


def unique_names(names: Iterable[str], max_bytes: int = MAX_BYTES) -> list[str]:
    """Return safe names such that no two are one where capitals and compositions do not count: a second gets " (2)"."""
    taken: set[str] = set()
    unique = []
    for name in names:
        stem, dot, extension = name.rpartition(".") if "." in name else (name, "", "")
        candidate, number = name, 1
        while _folded(candidate) in taken:
            number += 1
            mark = f" ({number}){dot}{extension}"
            candidate = _shortened(stem, max_bytes - len(mark.encode())) + mark
        taken.add(_folded(candidate))
        unique.append(candidate)
    return unique


def _visible(character: str) -> str:
    """Return the character, a space for white space, nothing for what cannot be seen or written."""
    category = unicodedata.category(character)
    if character.isspace() or category.startswith("Z"):
        return " "
    return "" if category.startswith("C") and character not in _JOINERS else character


def _trimmed(text: str) -> str:
    return text.strip(". " + _JOINERS)


def _shortened(text: str, max_bytes: int) -> str:
    """Cut at a character's end, and never between a letter and its marks."""
    if len(text.encode()) <= max_bytes:
        return text
    kept = text.encode()[:max_bytes].decode(errors="ignore")
    if unicodedata.combining(text[len(kept)]):
        while kept and unicodedata.combining(kept[-1]):
            kept = kept[:-1]
        kept = kept[:-1]
    return _trimmed(kept)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", name).casefold())
