"""One player of a piece, as libavfilter's filters: tones are computed once, tuned, and struck wherever the score says.

It works as a sampler does: an instrument is computed every few semitones and tuned to the pitches between, for
computing a formula costs ten times what tuning its sound does.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import av
from av.filter import Graph
from av.filter.context import FilterContext

from storefront.demo.instruments import INSTRUMENTS, Instrument
from storefront.demo.score import Note, Part

RATE = 44_100
SPAN = 3
"""Semitones that one computed tone serves: tuned up by one it is 6 % shorter, too."""

STRETCH = 5.0
"""Seconds. Notes are mixed in stretches of this length, and those into the whole: a mixer works on silence, too."""


@dataclass(frozen=True, slots=True)
class _Strike:
    """A sound that begins ``start`` seconds after its stretch: output number ``output`` of ``source``."""

    source: FilterContext
    output: int
    start: float
    level: float


def play(part: Part, tempo: float) -> Iterator[av.AudioFrame]:
    """Yield the sound of a part: stereo floats at 44.1 kHz."""
    graph = Graph()
    # A player who is a few thousandths early or late, louder or softer, is the difference to a machine.
    chance = random.Random(f"{part.instrument} {len(part.notes)} {tempo}")
    beat = 60 / tempo
    stretches: dict[int, list[_Strike]] = {}
    for tone, notes in _tones(graph, part, beat):
        for output, note in enumerate(notes):
            start = max(0.0, note.beat * beat + chance.gauss(0, 0.004))
            number, within = divmod(start, STRETCH)
            strike = _Strike(tone, output, within, note.level * part.level * chance.uniform(0.86, 1.0))
            stretches.setdefault(int(number), []).append(strike)
    whole = _struck(
        graph,
        [_Strike(_struck(graph, strikes), 0, n * STRETCH, 1.0) for n, strikes in sorted(stretches.items())],
    )
    end = graph.add("pan", f"stereo|c0={min(1, 1 - part.pan):.3f}*c0|c1={min(1, 1 + part.pan):.3f}*c0")
    effects = [graph.add(name, arguments) for name, arguments in part.effects]
    floats = graph.add("aformat", sample_fmts="fltp")
    graph.link_nodes(whole, end, *effects, floats, graph.add("abuffersink")).configure()
    yield from pulled(graph)


def pulled(graph: Graph) -> Iterator[av.AudioFrame]:
    """Yield what comes out of a graph until it ends."""
    while True:
        try:
            frame = graph.pull()
        except EOFError:
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame


def _struck(graph: Graph, strikes: Sequence[_Strike]) -> FilterContext:
    """Add the sum of the strikes, each at its time and level."""
    weights = " ".join(f"{strike.level:.4f}" for strike in strikes)
    mix = graph.add("amix", inputs=str(len(strikes)), normalize="0", weights=weights)
    for number, strike in enumerate(strikes):
        if strike.start:
            delay = graph.add("adelay", delays=f"{strike.start * 1000:.3f}", all="1")
            strike.source.link_to(delay, strike.output)
            delay.link_to(mix, 0, number)
        else:
            strike.source.link_to(mix, strike.output, number)
    return mix


def _tones(graph: Graph, part: Part, beat: float) -> Iterator[tuple[FilterContext, list[Note]]]:
    """Add every different tone of the part; yield a filter with as many outputs as the notes that it is struck for."""
    instrument = INSTRUMENTS[part.instrument]
    for (_, beats), notes in _grouped(part.notes, instrument, SPAN):
        pitches = [(pitch, list(same)) for (pitch, _), same in _grouped(notes, instrument, span=1)]
        middle = pitches[len(pitches) // 2][0]
        computed = graph.add("asplit", str(len(pitches)))
        _oscillator(graph, instrument, middle, beats * beat).link_to(computed)
        for output, (pitch, struck) in enumerate(pitches):
            tuned = graph.add("asetrate", str(round(instrument.rate * 2 ** ((pitch - middle) / 12))))
            computed.link_to(tuned, output)
            copies = graph.add("asplit", str(len(struck)))
            graph.link_nodes(tuned, graph.add("aresample", str(RATE)), copies)
            yield copies, struck


def _grouped(notes: Sequence[Note], instrument: Instrument, span: int) -> list[tuple[tuple[int, float], list[Note]]]:
    """Group notes by pitch, ``span`` semitones together, and by their length where the length is heard."""

    def key(note: Note) -> tuple[int, float]:
        return note.pitch // span * span, note.beats if instrument.sustained else 0.0

    return [(tone, list(same)) for tone, same in groupby(sorted(notes, key=lambda note: (*key(note), note.beat)), key)]


def _oscillator(graph: Graph, instrument: Instrument, pitch: int, held: float) -> FilterContext:
    """Add the instrument's formula at ``pitch``, held for so many seconds; its last tenth fades to nothing."""
    seconds = instrument.sounding(held)
    angular = 2 * math.pi * 440 * 2 ** ((pitch - 69) / 12)
    source = graph.add(
        "aevalsrc",
        exprs=instrument.formula.format(w=f"{angular:.6f}", d=f"{held:.4f}"),
        sample_rate=str(instrument.rate),
        duration=f"{seconds:.4f}",
        channel_layout="mono",
        nb_samples="16384",
    )
    fade = graph.add("afade", type="out", start_time=f"{seconds * 0.9:.4f}", duration=f"{seconds * 0.1:.4f}")
    source.link_to(fade)
    return fade
