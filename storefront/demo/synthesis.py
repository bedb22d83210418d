"""From a score to a sound file, inside libavfilter: players, a hall and a limiter, in one graph of filters."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import av
from av.filter import Graph
from av.filter.context import FilterContext

from storefront.demo.players import RATE, play, pulled
from storefront.demo.score import Piece
from storefront.media.replacing import replacing

MASTERS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {"flac16": ("flac", "flac", "s16"), "flac24": ("flac", "flac", "s32"), "wav16": ("wav", "pcm_s16le", "s16")}
)
"""A kind of master -> container, encoder, sample format."""

CEILING = 0.85
"""The highest sample, of 1: a master leaves room for an MP3's overshoot."""


def render(piece: Piece, target: Path, kind: str) -> None:
    """Write ``piece`` to ``target``: stereo, 44.1 kHz, the same bytes every time."""
    container, encoder, sample_format = MASTERS[kind]
    with (
        replacing(target) as draft,
        av.open(str(draft), "w", format=container, options={"fflags": "+bitexact"}) as file,
    ):
        stream = file.add_stream(encoder, rate=RATE)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = "stereo"
        stream.codec_context.format = sample_format
        for frame in _frames(piece, sample_format):
            frame.pts = None
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def _frames(piece: Piece, sample_format: str) -> Iterator[av.AudioFrame]:
    graph = Graph()
    players = [_player(graph) for _ in piece.parts]
    band = graph.add("amix", inputs=str(len(players) + 1), normalize="0")
    for number, source in enumerate([*players, _air(graph, piece)]):
        source.link_to(band, 0, number)
    end, ring = piece.seconds, piece.ring
    graph.link_nodes(
        _in_hall(graph, piece, band),
        graph.add("highpass", f="28"),
        graph.add("alimiter", limit=str(CEILING), attack="4", release="120", level="0"),
        graph.add("atrim", duration=f"{end:.4f}"),
        graph.add("afade", type="in", duration="0.02"),
        graph.add("afade", type="out", start_time=f"{end - ring:.4f}", duration=f"{ring:.4f}", curve="qsin"),
        graph.add("aformat", sample_fmts=sample_format, sample_rates=str(RATE), channel_layouts="stereo"),
        graph.add("abuffersink"),
    ).configure()
    # Each player has a graph of their own: libavfilter's time grows with the square of a graph's size.
    for player, part in zip(players, piece.parts, strict=True):
        for frame in play(part, piece.tempo):
            player.push(frame)
        player.push(None)
    yield from pulled(graph)


def _player(graph: Graph) -> FilterContext:
    """Add an entrance for what a player plays."""
    return graph.add(
        "abuffer", sample_rate=str(RATE), sample_fmt="fltp", channel_layout="stereo", time_base=f"1/{RATE}"
    )


def _air(graph: Graph, piece: Piece) -> FilterContext:
    """Build the weather: noise that comes and goes like rain on a roof or water on sand."""
    swell = f"{piece.air}*(0.65+0.35*sin(0.7*t)*sin(0.23*t+1))"
    noise = graph.add(
        "aevalsrc",
        exprs=f"{swell}*(random(0)-0.5)|{swell}*(random(1)-0.5)",
        sample_rate="11025",
        duration=f"{piece.seconds:.4f}",
        channel_layout="stereo",
        nb_samples="16384",
    )
    far = graph.add("lowpass", f=str(piece.tone))
    resample = graph.add("aresample", str(RATE))
    graph.link_nodes(noise, far, resample)
    return resample


def _in_hall(graph: Graph, piece: Piece, dry: FilterContext) -> FilterContext:
    """Put the band into a hall: convolution with noise that dies away, different for the two ears."""
    split = graph.add("asplit", "2")
    dry.link_to(split)
    decay = 6.9 / piece.hall  # e to that power is 60 dB, which is what a reverberation time means
    impulse = graph.add(
        "aevalsrc",
        exprs=f"exp(-{decay:.3f}*t)*(random(0)-0.5)|exp(-{decay:.3f}*t)*(random(1)-0.5)",
        sample_rate=str(RATE),
        duration=str(piece.hall),
        channel_layout="stereo",
        nb_samples="16384",
    )
    # No low tones: a hall that answers the bass booms.
    lean = graph.add("highpass", f="220")
    soft = graph.add("lowpass", f="3800")
    hall = graph.add("afir", irnorm="2")  # as loud as what is played into it
    late = graph.add("adelay", delays="18|23")
    both = graph.add("amix", inputs="2", normalize="0", weights=f"1 {piece.room}")
    split.link_to(both, 0, 0)
    split.link_to(hall, 1, 0)
    graph.link_nodes(impulse, lean, soft)
    soft.link_to(hall, 0, 1)
    hall.link_to(late)
    late.link_to(both, 0, 1)
    return both
