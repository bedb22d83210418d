"""How FFmpeg makes each format.

The same master gives the same bytes: containers carry no dates and no versions of programs ("bitexact").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from storefront.media.formats import Format

BITEXACT = {"fflags": "+bitexact"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """``shallow`` and ``deep`` are the encoder's sample formats for masters of up to 16 bit and of more.

    ``deep_encoder`` is named where depth is a matter of the encoder's name; ``rates`` in Hz, empty where any rate will
    do; ``bit_rate`` in bit/s for a constant one; ``made_by`` is what an MP3's header calls its encoder.
    """

    container: str
    encoder: str
    shallow: str
    deep: str
    rates: tuple[int, ...] = ()
    bit_rate: int | None = None
    deep_encoder: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    muxing: Mapping[str, str] = field(default_factory=lambda: BITEXACT)
    made_by: str = ""

    def muxer_options(self, rate: int) -> dict[str, str]:
        """Return the container's options; an M4A's edit list counts in samples then, not in milliseconds."""
        return {**self.muxing, **({"movie_timescale": str(rate)} if self.container == "ipod" else {})}


CD_AND_DVD = (44_100, 48_000)
MP3_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
EXACT = {"flags": "+bitexact"}
#: Players look for LAME's name before they believe the header's gapless lengths; it is the version in PyAV's wheels
#: and in every distribution since 2017.
LAME = "LAME3.100"
#: "ipod" is FFmpeg's M4A. The index stands before the music, so that it plays while it arrives.
M4A = {**BITEXACT, "movflags": "+faststart"}

RECIPES: Mapping[Format, Recipe] = MappingProxyType(
    {
        Format.FLAC: Recipe("flac", "flac", "s16", "s32", options={**EXACT, "compression_level": "8"}),
        # LAME's V0 (https://trac.ffmpeg.org/wiki/Encode/MP3).
        Format.MP3_V0: Recipe(
            "mp3",
            "libmp3lame",
            "fltp",
            "fltp",
            MP3_RATES,
            options={"flags": "+qscale+bitexact", "global_quality": "0"},
            made_by=LAME,
        ),
        # Only MPEG-1, of 32 kHz and more, has 320 kbit/s.
        Format.MP3_320: Recipe(
            "mp3", "libmp3lame", "fltp", "fltp", (32_000, *CD_AND_DVD), bit_rate=320_000, options=EXACT, made_by=LAME
        ),
        Format.AAC_256: Recipe("ipod", "aac", "fltp", "fltp", CD_AND_DVD, bit_rate=256_000, options=EXACT, muxing=M4A),
        Format.ALAC: Recipe("ipod", "alac", "s16p", "s32p", options=EXACT, muxing=M4A),
        # Opus has one rate (RFC 7845 §5.1: the original one is told in the header).
        Format.OPUS_128: Recipe("ogg", "libopus", "flt", "flt", (48_000,), bit_rate=128_000, options=EXACT),
        Format.WAV: Recipe("wav", "pcm_s16le", "s16", "s32", deep_encoder="pcm_s24le"),
        Format.AIFF: Recipe("aiff", "pcm_s16be", "s16", "s32", deep_encoder="pcm_s24be"),
        # A constant bit rate, so that every browser can seek by bytes; 44.1 and 48 kHz are MPEG-1, which all of them
        # play.
        Format.STREAM: Recipe(
            "mp3", "libmp3lame", "fltp", "fltp", CD_AND_DVD, bit_rate=128_000, options=EXACT, made_by=LAME
        ),
    }
)


def nearest_rate(rate: int, allowed: tuple[int, ...]) -> int:
    """Return ``rate`` itself if it is allowed, else the highest of its own family (96 -> 48, 22.05 -> 44.1 kHz)."""
    if not allowed or rate in allowed:
        return rate
    family = [candidate for candidate in allowed if rate % candidate == 0 or candidate % rate == 0]
    return max(family or allowed)
