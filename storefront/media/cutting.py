"""The beginning of a track, for who has not bought it."""

from collections.abc import Iterable, Iterator

import av

from storefront.media.filtering import filtered

FRAME = 1152
"""Samples in a frame of MP3 (MPEG-1, layer III): a cut at its end needs no padding."""

FADE_SECONDS = 1.5


def beginning(frames: Iterable[av.AudioFrame], stream: av.AudioStream, seconds: int) -> Iterator[av.AudioFrame]:
    """Yield no more than the first ``seconds`` of the sound of ``stream``, in whole MP3 frames, faded out at the end.

    What is shorter comes whole.
    """
    end = seconds * stream.rate // FRAME * FRAME
    fade = int(FADE_SECONDS * stream.rate)
    return filtered(
        _until(frames, end),
        stream,
        ("atrim", f"end_sample={end}"),
        ("afade", f"type=out:start_sample={end - fade}:nb_samples={fade}"),
    )


def _until(frames: Iterable[av.AudioFrame], end: int) -> Iterator[av.AudioFrame]:
    """Yield the frames that begin before the sample ``end``: nothing is decoded for nothing."""
    position = 0
    for frame in frames:
        yield frame
        position += frame.samples
        if position >= end:
            return
