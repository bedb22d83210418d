"""What an owner types -> what is kept. Each raises ValueError with a sentence for the owner."""

import re
from urllib.parse import urlsplit

from storefront.media.tags import clean_text
from storefront.money import CURRENCIES
from storefront.services.shop.identity.shop import Link

LONGEST_NAME = 80
MOST_LINKS = 10
LONGEST_WORDS = 40
LONGEST_URL = 500
#: Of a text, in characters: the longest terms that we have seen have 40,000.
LONGEST_TEXT = 60_000

#: Controls, line ends, and marks that turn the direction of whatever stands behind them.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_HOST = re.compile(r"(?=.{4,253}$)[^\s.@:/?#\[\]\\]+(\.[^\s.@:/?#\[\]\\]+)+", re.ASCII)


def line(text: str, most: int = LONGEST_NAME) -> str:
    """One line of any alphabet."""
    text = text.strip()
    if _FORBIDDEN.search(text):
        raise ValueError("Write it on one line, without control characters")
    if len(text) > most:
        raise ValueError(f"Write at most {most} characters")
    return clean_text(text)


def prose(text: str) -> str:
    """Several lines, as long as terms may be."""
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"Write at most {LONGEST_TEXT:,} characters")
    return clean_text(text, LONGEST_TEXT, lines=True)


def currencies(text: str) -> tuple[str, ...] | None:
    """Codes like EUR, with commas or spaces between them; none at all is any."""
    codes = tuple(dict.fromkeys(text.replace(",", " ").lower().split()))
    unknown = next((code for code in codes if code not in CURRENCIES), None)
    if unknown is not None:
        raise ValueError(f"{unknown[:10].upper()} is no currency that Stripe takes; write codes like EUR, USD")
    return codes or None


def links(text: str) -> tuple[Link, ...]:
    """One a line: the words, then the address. Empty lines count for nothing."""
    lines = [(number, typed.strip()) for number, typed in enumerate(text.splitlines(), 1) if typed.strip()]
    if len(lines) > MOST_LINKS:
        raise ValueError(f"Give at most {MOST_LINKS} links")
    return tuple(_link(number, typed) for number, typed in lines)


def _link(number: int, typed: str) -> Link:
    words, _, url = typed.rpartition(" ")
    try:
        if not words.strip():
            raise ValueError("write the words, a space, and the address")
        return Link(_words(words), _url(url))
    except ValueError as error:
        raise ValueError(f"Line {number}: {error}") from None


def _words(text: str) -> str:
    words = line(text, LONGEST_WORDS)
    if not words:
        raise ValueError("write the words, a space, and the address")
    return words


def _url(text: str) -> str:
    """An https address, as browsers read it and nothing else."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme == "https" and _HOST.fullmatch(parts.hostname or "") and not parts.username
        sound = sound and (parts.port or 443) > 0 and not _FORBIDDEN.search(text) and "\\" not in text
    except ValueError:
        sound = False
    if not sound:
        raise ValueError("the address must be like https://example.com/us")
    if len(text) > LONGEST_URL:
        raise ValueError(f"the address may have at most {LONGEST_URL} characters")
    return text
