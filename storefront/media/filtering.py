"""Decoded sound through FFmpeg's filters (https://ffmpeg.org/ffmpeg-filters.html)."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain

import av
from av.audio.resampler import AudioResampler
from av.filter import Graph

SAMPLES = "dbl"
"""What the filters get: double precision, so that they add nothing of their own."""


def filtered(
    frames: Iterable[av.AudioFrame], stream: av.AudioStream, *filters: tuple[str, str]
) -> Iterator[av.AudioFrame]:
    """Yield what comes out of ``filters``, each a name and its arguments, when the ``frames`` of ``stream`` go in."""
    layout = "mono" if stream.codec_context.channels == 1 else "stereo"
    clock = Fraction(1, stream.rate)
    graph = Graph()
    source = graph.add_abuffer(sample_rate=stream.rate, format=SAMPLES, layout=layout, time_base=clock)
    sink = graph.add("abuffersink")
    graph.link_nodes(source, *(graph.add(name, arguments) for name, arguments in filters), sink).configure()
    resampler = AudioResampler(format=SAMPLES, layout=layout, rate=stream.rate)
    for frame in chain(counted_anew(frames, stream.rate), [None]):
        for block in resampler.resample(frame):
            graph.push(block)
            yield from _waiting(graph)
    graph.push(None)
    yield from _waiting(graph)


def counted_anew(frames: Iterable[av.AudioFrame], rate: int) -> Iterator[av.AudioFrame]:
    """Yield the frames with a clock that begins at zero, wherever the master's own does."""
    position = 0
    for frame in frames:
        frame.pts, frame.time_base = position, Fraction(1, rate)
        position += frame.samples
        yield frame


def _waiting(graph: Graph) -> Iterator[av.AudioFrame]:
    """Yield the frames that are ready."""
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame
