"""The outline of a track's loudness, for the player to draw."""

from array import array
from itertools import pairwise
from pathlib import Path

import av
from av.audio.resampler import AudioResampler

from storefront.media.errors import UnreadableAudio
from storefront.media.reading import open_audio

RATE = 8_000
"""Hz. Enough for an outline of a few hundred bars, and a fifth of the work."""

BLOCK = RATE // 100
"""Samples in one block: 10 ms. An hour of music is 360,000 blocks of two bytes."""


def peaks(path: Path, count: int = 300) -> list[int]:
    """Return the highest level in each of ``count`` equal stretches of the file, 0 to 255, the loudest one being 255.

    Raises :class:`UnreadableAudio` if it cannot be decoded.
    """
    blocks = _blocks(path)
    if not blocks:
        raise UnreadableAudio("there is no sound in it")
    edges = [i * len(blocks) // count for i in range(count + 1)]
    # A file of fewer blocks than bars gives some of them twice.
    stretches = [max(blocks[start : max(end, start + 1)]) for start, end in pairwise(edges)]
    loudest = max(stretches, default=0) or 1
    return [level * 255 // loudest for level in stretches]


def _blocks(path: Path) -> "array[int]":
    """Return the highest absolute sample of every 10 ms of the file, mixed to one channel."""
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE, frame_size=BLOCK)
    blocks = array("H")
    with open_audio(path) as (container, stream):
        for frame in container.decode(stream):
            frame.pts = None
            for block in resampler.resample(frame):
                blocks.append(_loudest(block))
        for block in resampler.resample(None):
            blocks.append(_loudest(block))
    return blocks


def _loudest(block: av.AudioFrame) -> int:
    samples = memoryview(block.planes[0]).cast("B")[: 2 * block.samples].cast("h")
    return max(max(samples), -min(samples))
