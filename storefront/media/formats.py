"""The formats in which an album is sold and heard, as one table.

A new format is a row here and a recipe in :mod:`storefront.media.recipes`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Format(StrEnum):
    """What a track can be had as; the value is kept in the database and seen in addresses."""

    FLAC = "flac"
    MP3_V0 = "mp3-v0"
    AAC_256 = "aac-256"
    ALAC = "alac"
    MP3_320 = "mp3-320"
    OPUS_128 = "opus-128"
    WAV = "wav"
    AIFF = "aiff"
    ORIGINAL = "original"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """What a buyer and a browser need to know about a format.

    ``media_type`` follows RFC 9639 §10.1 (audio/flac), RFC 3003 (audio/mpeg), RFC 4337 (audio/mp4), RFC 7845 §9
    (audio/ogg); WAV and AIFF have the names that browsers know. ``advice`` is one short line for buyers, empty for a
    format that is never sold. ``extension`` is empty where each file has its own.
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
        Format.AAC_256: FormatSpec("AAC", "m4a", "audio/mp4", False, "For iPhone, iPad and Mac, as small as MP3"),
        Format.ALAC: FormatSpec("ALAC", "m4a", "audio/mp4", True, "Lossless, for Apple Music and iTunes"),
        Format.MP3_320: FormatSpec("MP3 320", "mp3", "audio/mpeg", False, "The largest MP3, for DJs and old players"),
        Format.OPUS_128: FormatSpec("Opus", "opus", "audio/ogg", False, "The smallest, for phones with little space"),
        Format.WAV: FormatSpec("WAV", "wav", "audio/wav", True, "Lossless and large, for studios and burning CDs"),
        Format.AIFF: FormatSpec("AIFF", "aiff", "audio/aiff", True, "Lossless and large, for music software on a Mac"),
        Format.ORIGINAL: FormatSpec("Original files", "", "", False, "Just as the artist delivered them"),
        Format.STREAM: FormatSpec("Stream", "mp3", "audio/mpeg", False, ""),
    }
)

#: What an owner may tick for an album whose masters are lossless.
FOR_LOSSLESS_MASTERS = tuple(
    format for format, spec in FORMATS.items() if spec.advice and format is not Format.ORIGINAL
)

ORIGINAL_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "mp3": "audio/mpeg",
        "m4a": "audio/mp4",
        "ogg": "audio/ogg",
        "opus": "audio/ogg",
        "flac": "audio/flac",
        "wav": "audio/wav",
        "aiff": "audio/aiff",
    }
)
"""Extension of an original -> its media type (an ``.ogg`` holds Vorbis or Opus)."""


def track_media_type(format: Format, name: str) -> str:
    """Return the media type of a track's file of this format and name: of the table, never of whoever sent it."""
    return FORMATS[format].media_type or ORIGINAL_TYPES[name.rpartition(".")[2].lower()]
