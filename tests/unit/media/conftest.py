"""Small files of real audio, made by the tests themselves."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest
from av.filter import Graph

MakeAudio = Callable[..., Path]


@pytest.fixture
def make_audio(tmp_path: Path) -> MakeAudio:
    """Return a maker of files: 1 s of a chord and noise at 44.1 kHz, in any encoding."""

    def make(
        name: str = "master.flac",
        *,
        codec: str = "flac",
        sample_format: str = "s16",
        seconds: float = 1.0,
        rate: int = 44_100,
        layout: str = "stereo",
        wave: str = "0.4*sin(2*PI*220*t)+0.2*sin(2*PI*331*t)+0.05*random(0)",
    ) -> Path:
        path = tmp_path / name
        graph = Graph()
        channels = av.AudioLayout(layout).nb_channels
        graph.link_nodes(
            graph.add("aevalsrc", exprs="|".join([wave] * channels), s=str(rate), d=str(seconds), c=layout),
            graph.add("aformat", sample_fmts=sample_format),
            graph.add("abuffersink"),
        ).configure()
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=rate)
            stream.codec_context.layout = layout
            stream.codec_context.format = sample_format
            for frame in _pulled(graph):
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    return make


def _pulled(graph: Graph):
    while True:
        try:
            yield graph.pull()
        except EOFError:
            return


@pytest.fixture
def samples() -> Callable[[Path], tuple[str, bytes]]:
    """Return a reader of a file's samples: the decoder's packed sample format, and all bytes in it."""

    def read(path: Path) -> tuple[str, bytes]:
        blocks = []
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            packed = stream.format.packed.name
            resampler = av.AudioResampler(format=packed)
            for frame in container.decode(stream):
                for block in resampler.resample(frame):
                    width = block.samples * block.format.bytes * block.layout.nb_channels
                    blocks.append(bytes(block.planes[0])[:width])
        return packed, b"".join(blocks)

    return read
