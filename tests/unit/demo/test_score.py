"""The words in which the demo's music is written down."""

import pytest

from storefront.demo.score import Note, broken, chords, held, later, melody, pitch, pulse, roots


def test_pitches_are_midi_numbers():
    assert [pitch(name) for name in ("a4", "c4", "f#5", "bb3")] == [69, 60, 78, 58]


def test_chords_lie_in_the_octave_above_the_lowest():
    assert chords("D Bm7 Gmaj7 A7sus4", lowest=50) == [
        (50, 54, 57), (59, 62, 66, 69), (55, 59, 62, 66), (57, 62, 64, 67),
    ]  # fmt: skip
    assert chords("Bb F#m9", lowest=45) == [(46, 50, 53), (54, 57, 64, 68)]


def test_a_melody_counts_its_rests():
    assert melody("d5 1.5 | e5 .5 - 2 f#5 1") == (Note(0, 74, 1.5), Note(1.5, 76, 0.5), Note(4, 78, 1))


def test_figures():
    progression = chords("C F", lowest=48)
    assert [note.beat for note in held(progression, 4)] == [0, 0, 0, 4, 4, 4]
    assert [note.pitch for note in broken(progression[:1], 2, 0.5, (0, 2, 3, 1))] == [48, 55, 60, 52]
    assert [(note.beat, note.pitch, note.beats) for note in roots(progression, 4, (0, 3))] == [
        (0, 36, 3), (3, 36, 1), (4, 41, 3), (7, 41, 1),
    ]  # fmt: skip
    assert [note.beat for note in pulse(4, 1, 60, 1, (1, 0))] == [1, 3]
    assert later((Note(0, 60, 1, 0.5),), 2, 12, 0.5) == (Note(2, 72, 1, 0.25),)


def test_an_unknown_chord_is_a_mistake():
    with pytest.raises(KeyError):
        chords("Cmaj13b9")
