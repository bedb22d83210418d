"""The formats in which an album is sold and heard, as one table.

A new format is a row here and a recipe in :mod:`storefront.media.encoding`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Format(StrEnum):
    """What a track can be encoded to; the value is kept in the database and seen in addresses."""

    FLAC = "flac"
    MP3_V0 = "mp3-v0"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """What a buyer and a browser need to know about a format.

    ``media_type`` follows RFC 9639 §10.1 (audio/flac) and RFC 3003 (audio/mpeg); ``advice`` is one short line for
    buyers, empty for a format that is never sold.
    """

    label: str
    extension: str
    media_type: str
    lossless: bool
    advice: str


FORMATS: Mapping[Format, FormatSpec] = MappingProxyType(
    {
        Format.FLAC: FormatSpec("FLAC", "flac", "audio/flac", True, "Lossless, exactly as it was mastered"),
        Format.MP3_V0: FormatSpec("MP3", "mp3", "audio/mpeg", False, "Best MP3 quality, plays everywhere"),
        Format.STREAM: FormatSpec("Stream", "mp3", "audio/mpeg", False, ""),
    }
)
