"""Names in addresses: "Field Notes 野帳" -> "field-notes"."""

import re
import unicodedata
from collections.abc import Callable
from itertools import count

LONGEST = 80
FALLBACK = "untitled"

#: Latin letters that Unicode does not take apart into a letter and a mark.
_LATIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "n"}
)
_APOSTROPHES = re.compile("['’ʼ`´]")


def slugify(name: str) -> str:
    """Words in small letters, joined by hyphens; never empty, at most 80 characters.

    Latin letters lose their marks, and what is beside them of other alphabets is left out; a name without any Latin
    letter keeps its own alphabet (RFC 3987: browsers show it as it is).
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LATIN))
    plain = _APOSTROPHES.sub("", "".join(filter(lambda letter: not unicodedata.combining(letter), plain)))
    latin = _joined(re.findall("[a-z0-9]+", plain))
    if re.search("[a-z]", latin):
        return latin
    own = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", name.casefold()))
    words = "".join(map(_letter, own)).split()
    return _joined([word for word in words if any(map(str.isalnum, word))]) or FALLBACK


def free_slug(name: str, is_taken: Callable[[str], bool]) -> str:
    """The slug of `name`, or the first of slug-2, slug-3, ... that is not taken."""
    slug = slugify(name)
    if not is_taken(slug):
        return slug
    return next(candidate for number in count(2) if not is_taken(candidate := f"{slug}-{number}"))


def _letter(character: str) -> str:
    """A letter, digit or mark (which many alphabets write vowels with) as it is, a space for all else."""
    return character if unicodedata.category(character)[0] in "LNM" else " "


def _joined(words: list[str]) -> str:
    """Cut between words, or within the first if that alone is too long."""
    slug = "-".join(words)
    if len(slug) <= LONGEST:
        return slug
    return slug[: LONGEST + 1].rpartition("-")[0] or slug[:LONGEST]
