"""From a master to a format that is sold or streamed.

Bit exact for lossless formats: a 16-bit master stays 16 bit, a 24-bit one 24, a float one becomes 24. Gapless: MP3
states its encoder's delay and padding in LAME's header, Opus in its pre-skip and last position, M4A in its edit list
and in iTunSMPB.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import av
import av.container

from storefront.media.cutting import beginning
from storefront.media.errors import UnreadableAudio
from storefront.media.filtering import counted_anew
from storefront.media.formats import FORMATS, Format
from storefront.media.gapless import Packed, write_itunsmpb
from storefront.media.reading import open_audio
from storefront.media.recipes import RECIPES, Recipe, nearest_rate
from storefront.media.replacing import replacing


@dataclass(frozen=True, slots=True)
class Encoded:
    """What was written: ``sample_rate`` in Hz, ``bit_depth`` None for a lossy format, ``size`` in bytes."""

    duration_ms: int
    sample_rate: int
    bit_depth: int | None
    size: int


def encode(master: Path, target: Path, format: Format, seconds: int | None = None) -> Encoded:
    """Encode the file ``master`` to ``target``, which appears only when it is complete. No tags are taken along.

    With ``seconds`` only the beginning, faded out. Raises :class:`UnreadableAudio` if the master cannot be decoded.
    """
    recipe = RECIPES[format]
    with open_audio(master) as (source, stream):
        deep = stream.format.bytes > 2
        rate = nearest_rate(stream.rate, recipe.rates)
        frames: Iterable[av.AudioFrame] = source.decode(stream)
        if seconds is not None:
            frames = beginning(frames, stream, seconds)
        with replacing(target) as draft:
            with av.open(str(draft), "w", format=recipe.container, options=recipe.muxer_options(rate)) as sink:
                output = _add_stream(sink, stream, recipe, rate, deep=deep)
                # Without a clock the muxer could not know where the encoder's own delay ends.
                samples, packed = _transcode(counted_anew(frames, stream.rate), sink, output)
            if not samples:
                raise UnreadableAudio("there is no sound in it")
            if format is Format.AAC_256:
                write_itunsmpb(draft, packed)
        duration_ms = round(samples * 1000 / stream.rate)
    depth = (24 if deep else 16) if FORMATS[format].lossless else None
    return Encoded(duration_ms, rate, depth, target.stat().st_size)


def _add_stream(
    sink: av.container.OutputContainer, stream: av.AudioStream, recipe: Recipe, rate: int, *, deep: bool
) -> av.AudioStream:
    """Return the stream to write to. PyAV converts each frame to its format, layout, rate and frame size."""
    encoder = (deep and recipe.deep_encoder) or recipe.encoder
    output = sink.add_stream(encoder, rate=rate, options=dict(recipe.options))
    assert isinstance(output, av.AudioStream)
    # A WAV's layout may have no name ("2 channels"); an encoder wants one.
    output.codec_context.layout = "mono" if stream.codec_context.channels == 1 else "stereo"
    output.codec_context.format = recipe.deep if deep else recipe.shallow
    if recipe.bit_rate:
        output.bit_rate = recipe.bit_rate
    if recipe.made_by:
        output.metadata["encoder"] = recipe.made_by
    return output


def _transcode(
    frames: Iterable[av.AudioFrame], sink: av.container.OutputContainer, output: av.AudioStream
) -> tuple[int, Packed]:
    """Encode and write; return the number of samples that came in, and what went out."""
    samples, count, ticks = 0, 0, 0
    for frame in chain(frames, [None]):
        samples += frame.samples if frame else 0
        for packet in output.encode(frame):
            count, ticks = count + 1, ticks + (packet.duration or 0)
            sink.mux(packet)
    return samples, Packed(count, ticks)
