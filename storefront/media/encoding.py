"""From a master to a format that is sold or streamed.

Bit exact for lossless formats: a 16-bit master stays 16 bit, a 24-bit one 24, a float one becomes 24. Measured per
minute of stereo at 44.1 kHz: FLAC 0.25 s, MP3 1.9 s (0.6 s where the system's LAME is installed: see
storefront.media.worker).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import av
import av.container

from storefront.media.errors import UnreadableAudio
from storefront.media.formats import FORMATS, Format
from storefront.media.reading import open_audio
from storefront.media.replacing import replacing


@dataclass(frozen=True, slots=True)
class Recipe:
    """How FFmpeg makes a format.

    ``shallow`` and ``deep`` are the encoder's sample formats for masters of up to 16 bit and of more; ``rates`` in
    Hz, empty where any rate will do; ``bit_rate`` in bit/s for a constant one.
    """

    container: str
    encoder: str
    shallow: str
    deep: str
    rates: tuple[int, ...] = ()
    bit_rate: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)


MP3_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)

RECIPES: Mapping[Format, Recipe] = MappingProxyType(
    {
        Format.FLAC: Recipe("flac", "flac", "s16", "s32", options={"compression_level": "8"}),
        # LAME's V0 (https://trac.ffmpeg.org/wiki/Encode/MP3).
        Format.MP3_V0: Recipe(
            "mp3", "libmp3lame", "fltp", "fltp", MP3_RATES, options={"flags": "+qscale", "global_quality": "0"}
        ),
        # A constant bit rate, so that every browser can seek by bytes; 44.1 and 48 kHz are MPEG-1, which all of them
        # play.
        Format.STREAM: Recipe("mp3", "libmp3lame", "fltp", "fltp", (44_100, 48_000), bit_rate=128_000),
    }
)

# No dates and no versions of programs in the file: the same master gives the same bytes.
MUXING = {"fflags": "+bitexact"}


@dataclass(frozen=True, slots=True)
class Encoded:
    """What was written: ``sample_rate`` in Hz, ``bit_depth`` None for a lossy format, ``size`` in bytes."""

    duration_ms: int
    sample_rate: int
    bit_depth: int | None
    size: int


def encode(master: Path, target: Path, format: Format) -> Encoded:
    """Encode the file ``master`` to ``target``, which appears only when it is complete. No tags are taken along.

    Raises :class:`UnreadableAudio` if the master cannot be decoded.
    """
    recipe = RECIPES[format]
    with open_audio(master) as (source, stream):
        sample_format = recipe.shallow if stream.format.bytes <= 2 else recipe.deep
        rate = _nearest_rate(stream.rate, recipe.rates)
        with (
            replacing(target) as draft,
            av.open(str(draft), "w", format=recipe.container, options=MUXING) as sink,
        ):
            samples = _transcode(source, stream, sink, recipe, sample_format, rate)
        duration_ms = round(samples * 1000 / stream.rate)
    depth = (16 if sample_format == recipe.shallow else 24) if FORMATS[format].lossless else None
    return Encoded(duration_ms, rate, depth, target.stat().st_size)


def _nearest_rate(rate: int, allowed: tuple[int, ...]) -> int:
    """Return ``rate`` itself if it is allowed, else the highest of its own family (96 -> 48, 88.2 -> 44.1 kHz)."""
    if not allowed or rate in allowed:
        return rate
    family = [candidate for candidate in allowed if rate % candidate == 0]
    return max(family or allowed)


def _transcode(
    source: av.container.InputContainer,
    stream: av.AudioStream,
    sink: av.container.OutputContainer,
    recipe: Recipe,
    sample_format: str,
    rate: int,
) -> int:
    """Decode, encode and write; return the number of samples (per channel) of the master.

    PyAV converts each frame to the encoder's format, layout, rate and frame size as it is handed over.
    """
    output = sink.add_stream(recipe.encoder, rate=rate, options=dict(recipe.options))
    assert isinstance(output, av.AudioStream)
    # A WAV's layout may have no name ("2 channels"); an encoder wants one.
    output.codec_context.layout = "mono" if stream.codec_context.channels == 1 else "stereo"
    output.codec_context.format = sample_format
    if recipe.bit_rate:
        output.bit_rate = recipe.bit_rate
    samples = 0
    for frame in source.decode(stream):
        # The encoder counts on from zero, wherever the master's own clock begins.
        frame.pts = None
        samples += frame.samples
        sink.mux(output.encode(frame))
    sink.mux(output.encode(None))
    if not samples:
        raise UnreadableAudio("there is no sound in it")
    return samples
