"""A score becomes the sound that it describes."""

import cmath

import av
import pytest

from storefront.demo.instruments import INSTRUMENTS
from storefront.demo.score import Note, Part, Piece
from storefront.demo.synthesis import render
from storefront.media.peaks import peaks
from storefront.media.probing import probe


def piece(*parts: Part, **options) -> Piece:
    return Piece(**{"tempo": 60, "beats": 2, "ring": 1.0, "room": 0.0, "parts": parts, **options})


@pytest.mark.parametrize(
    ("kind", "name", "codec", "depth"),
    [("flac16", "a.flac", "flac", 16), ("flac24", "a.flac", "flac", 24), ("wav16", "a.wav", "pcm_s16le", 16)],
)
def test_kinds_of_masters(tmp_path, kind, name, codec, depth):
    render(piece(Part("bell", (Note(0, 69),))), tmp_path / name, kind)
    found = probe(tmp_path / name)
    assert (found.codec, found.bit_depth, found.channels, found.duration_ms) == (codec, depth, 2, 3000)


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_every_instrument_sounds_when_its_note_comes_and_not_before(tmp_path, instrument):
    render(piece(Part(instrument, (Note(1, 60),))), tmp_path / "a.flac", "flac16")
    outline = peaks(tmp_path / "a.flac", 30)
    assert max(outline[:9]) <= 2
    assert max(outline[9:]) == 255


@pytest.mark.parametrize("name", ["glass", "marimba", "pad", "reed"])
@pytest.mark.parametrize("tone", [57, 69, 70, 71])
def test_a_note_has_its_pitch(tmp_path, name, tone):
    """Of 69, 70 and 71, one is computed and two are tuned."""
    notes = (Note(0, tone, 3), *(Note(50, other, 3) for other in (69, 70, 71)))
    render(piece(Part(name, notes)), tmp_path / "a.flac", "flac16")
    expected = 440 * 2 ** ((tone - 69) / 12)
    assert _frequency(tmp_path / "a.flac", expected) == pytest.approx(expected, rel=0.02)


def test_left_and_right(tmp_path):
    render(piece(Part("bell", (Note(0, 69),), pan=-1.0)), tmp_path / "a.flac", "flac16")
    left, right = _channels(tmp_path / "a.flac")
    assert max(left) > 1000
    assert max(right) == 0


def test_the_hall_rings_on(tmp_path):
    strike = Part("tick", (Note(0, 69),))
    render(piece(strike), tmp_path / "dry.flac", "flac16")
    render(piece(strike, room=0.5), tmp_path / "wet.flac", "flac16")
    assert max(peaks(tmp_path / "dry.flac", 30)[5:15]) == 0
    assert max(peaks(tmp_path / "wet.flac", 30)[5:15]) > 0


def test_the_same_score_gives_the_same_bytes(tmp_path):
    score = piece(Part("guitar", (Note(0, 60), Note(1, 64))), Part("brush", (Note(0.5, 60),)), room=0.3, air=0.1)
    render(score, tmp_path / "one.flac", "flac16")
    render(score, tmp_path / "two.flac", "flac16")
    assert (tmp_path / "one.flac").read_bytes() == (tmp_path / "two.flac").read_bytes()


def _channels(path) -> tuple[list[int], list[int]]:
    left: list[int] = []
    right: list[int] = []
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.audio[0]):
            values = memoryview(frame.planes[0]).cast("B")[: 4 * frame.samples].cast("h")
            left += values[::2]
            right += values[1::2]
    return left, right


def _frequency(path, expected: float) -> float:
    """Return the strongest of some frequencies near ``expected``, in half a second of the left channel."""
    samples = _channels(path)[0][11_025:33_075:4]
    candidates = [expected * 2 ** (step / 48) for step in range(-8, 9)]

    def power(frequency: float) -> float:
        turn = cmath.exp(-2j * cmath.pi * frequency * 4 / 44_100)
        total = 0j
        for sample in reversed(samples):
            total = total * turn + sample
        return abs(total)

    return max(candidates, key=power)
