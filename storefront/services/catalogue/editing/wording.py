"""What an owner types -> the words as they are kept. Each raises ValueError with a sentence for the owner."""

import re

from storefront.media.formats import FORMATS
from storefront.media.tags import MAX_LYRICS, MAX_TEXT, clean_text
from storefront.services.catalogue.importing.album_file import LONGEST_PROSE, MOST_NAMES, first_day

#: ISO 3901: country, registrant, year, number.
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", re.ASCII)
MOST_DISCS = 99

#: What an album may be offered in: name, label, a line for buyers.
FORMAT_CHOICES = tuple(
    (format.value, spec.label, spec.advice) for format, spec in FORMATS.items() if spec.advice and format != "original"
)


def says_nothing(text: str) -> bool:
    """Whether nothing is left of it when what cannot be seen is taken out."""
    return not clean_text(text)


def line(text: str) -> str:
    """One line, as long as a name may be."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"Write at most {MAX_TEXT} characters")
    return clean_text(text)


def prose(text: str) -> str:
    """Several lines."""
    if len(text) > LONGEST_PROSE:
        raise ValueError(f"Write at most {LONGEST_PROSE:,} characters")
    return clean_text(text, LONGEST_PROSE, lines=True)


def lyrics(text: str) -> str:
    """The words of a song, with its lines."""
    if len(text) > MAX_LYRICS:
        raise ValueError(f"Write at most {MAX_LYRICS:,} characters")
    return clean_text(text, MAX_LYRICS, lines=True)


def names(text: str) -> tuple[str, ...]:
    """One name a line, each once."""
    found = tuple(dict.fromkeys(filter(None, map(line, text.splitlines()))))
    if len(found) > MOST_NAMES:
        raise ValueError(f"Write at most {MOST_NAMES} names")
    return found


def release_date(text: str) -> str:
    """A date of any precision: "2026-11-01", "2026-11", "2026"."""
    try:
        first_day(text.strip())
    except ValueError:
        raise ValueError("Enter a date like 2026-11-01, or only 2026-11 or 2026") from None
    return text.strip()


def isrc(text: str) -> str:
    """Twelve characters, or nothing; hyphens and spaces do not count."""
    code = re.sub(r"[\s-]", "", text).upper()
    if code and not _ISRC.fullmatch(code):
        raise ValueError("An ISRC has two letters, three letters or digits, and seven digits, like GB-AYE-69-00123")
    return code


def disc(text: str) -> int:
    """The number of a disc."""
    if not re.fullmatch(r"[0-9]{1,2}", text.strip(), re.ASCII) or not int(text):
        raise ValueError(f"Enter the number of a disc, 1 to {MOST_DISCS}")
    return int(text)
