"""How loud music is: integrated loudness of EBU R 128, and what ReplayGain and Opus make of it.

The measure is that of ITU-R BS.1770-5: momentary loudness (400 ms, every 100 ms) of K-weighted sound, of which the
blocks below -70 LUFS do not count, nor those 10 LU below the mean of the rest. FFmpeg weighs and measures the blocks;
the gates are ours, so that an album can be measured as one piece: by the blocks of all its tracks.
"""

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from storefront.media.filtering import filtered
from storefront.media.reading import open_audio

ABSOLUTE_GATE = -70.0
"""LUFS."""

RELATIVE_GATE = -10.0
"""LU."""

OFFSET = -0.691
"""LUFS = OFFSET + 10 log10(mean square), BS.1770's constant: a sine of 997 Hz is then as loud as its level says."""

REPLAYGAIN_REFERENCE = -18.0
"""LUFS (https://wiki.hydrogenaud.io/index.php?title=ReplayGain_2.0_specification)."""

R128_REFERENCE = -23.0
"""LUFS; what Opus's tags relate to (RFC 7845 §5.2.1)."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """A track's momentary loudness in LUFS, every 100 ms, and its highest sample (1.0 is full scale)."""

    momentary: "array[float]"
    peak: float


@dataclass(frozen=True, slots=True)
class Level:
    """Integrated loudness in LUFS, and the highest sample (1.0 is full scale)."""

    lufs: float
    peak: float


@dataclass(frozen=True, slots=True)
class Loudness:
    """Of a track and of its album; None for silence."""

    track: Level | None
    album: Level | None


def measure(path: Path) -> Blocks:
    """Measure the file at ``path``; raises :class:`~storefront.media.errors.UnreadableAudio`."""
    momentary, peak = array("d"), -math.inf
    with open_audio(path) as (container, stream):
        for frame in filtered(
            container.decode(stream),
            stream,
            ("ebur128", "metadata=1"),
            # Behind it: it cuts frames of 100 ms, and what was said of the others before would be lost.
            ("astats", "metadata=1:measure_perchannel=none:measure_overall=Peak_level"),
        ):
            peak = max(peak, float(frame.metadata["lavfi.astats.Overall.Peak_level"]))
            if block := frame.metadata.get("lavfi.r128.M"):  # the last frame may end before the next 100 ms do
                momentary.append(float(block))
    return Blocks(momentary, 10 ** (peak / 20))


def integrated(momentary: Iterable[float]) -> float | None:
    """Return the loudness in LUFS of everything whose momentary loudness this is; None if all of it is silence."""
    blocks = [block for block in momentary if block >= ABSOLUTE_GATE]
    if not blocks:
        return None
    gate = _mean(blocks) + RELATIVE_GATE
    return _mean([block for block in blocks if block >= gate])


def _mean(blocks: list[float]) -> float:
    """Return the loudness of blocks together: their energies are added, not their decibels."""
    return 10 * math.log10(math.fsum(10 ** (block / 10) for block in blocks) / len(blocks))
