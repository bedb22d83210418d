"""Music on paper: notes in beats, parts, pieces, and the few words in which they are written down.

Pitches are MIDI numbers (69 is the A of 440 Hz).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

Chord = tuple[int, ...]

_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_QUALITIES: dict[str, Chord] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "5": (0, 7, 12),
    "6": (0, 4, 7, 9),
    "7": (0, 4, 7, 10),
    "9": (0, 4, 10, 14),
    "m7": (0, 3, 7, 10),
    "m9": (0, 3, 10, 14),
    "m6": (0, 3, 7, 9),
    "add9": (0, 4, 7, 14),
    "maj7": (0, 4, 7, 11),
    "maj9": (0, 4, 11, 14),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "7sus4": (0, 5, 7, 10),
}
_CHORD = re.compile(r"([A-G])([#b]?)(.*)")
_PITCH = re.compile(r"([a-g])([#b]?)(\d)")


@dataclass(frozen=True, slots=True)
class Note:
    """A tone that begins at ``beat``, is held for ``beats``, and is struck with ``level`` (1 is full)."""

    beat: float
    pitch: int
    beats: float = 1.0
    level: float = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """What one player does: ``pan`` from -1 (left) to 1, ``effects`` as libavfilter's (name, arguments)."""

    instrument: str
    notes: tuple[Note, ...]
    level: float = 1.0
    pan: float = 0.0
    effects: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A whole track: ``tempo`` in beats a minute, ``beats`` its length, ``ring`` the seconds of fading after it.

    ``room`` is how much of a hall is heard (0 to 1), ``hall`` its reverberation in seconds; ``air`` the level of the
    noise of weather or tape, ``tone`` its upper end in Hz.
    """

    tempo: float
    beats: float
    parts: tuple[Part, ...]
    room: float = 0.25
    hall: float = 2.0
    air: float = 0.0
    tone: int = 900
    ring: float = 2.5

    @property
    def seconds(self) -> float:
        """The length of the track, its last notes' ringing included."""
        return self.beats * 60 / self.tempo + self.ring


def chords(text: str, lowest: int = 50) -> list[Chord]:
    """Read names such as "Dmaj7 Bm7 A7sus4" into chords whose roots lie in the octave above ``lowest``."""
    read = []
    for name in text.split():
        match = _CHORD.fullmatch(name)
        assert match, name
        root = lowest + (_pitch_class(match[1].lower(), match[2]) - lowest) % 12
        read.append(tuple(root + step for step in _QUALITIES[match[3]]))
    return read


def melody(text: str, start: float = 0.0, level: float = 1.0) -> tuple[Note, ...]:
    """Read a tune: "d5 1.5 e5 .5 - 2" is D for one and a half beats, E for half a beat, two beats of rest."""
    notes, beat = [], start
    words = text.replace("|", " ").split()
    for name, length in zip(words[::2], words[1::2], strict=True):
        if name != "-":
            notes.append(Note(beat, pitch(name), float(length), level))
        beat += float(length)
    return tuple(notes)


def pitch(name: str) -> int:
    """Return the number of a pitch such as "f#4"."""
    match = _PITCH.fullmatch(name)
    assert match, name
    return _pitch_class(match[1], match[2]) + 12 * (int(match[3]) + 1)


def held(progression: Sequence[Chord], beats: float, level: float = 1.0, roll: float = 0.0) -> tuple[Note, ...]:
    """Play each chord for ``beats``, its notes ``roll`` beats apart from the lowest up."""
    return tuple(
        Note(i * beats + voice * roll, tone, beats - voice * roll, level)
        for i, chord in enumerate(progression)
        for voice, tone in enumerate(chord)
    )


def broken(
    progression: Sequence[Chord], beats: float, step: float, order: Sequence[int], level: float = 1.0
) -> tuple[Note, ...]:
    """Play each chord note by note every ``step`` beats; ``order`` counts its notes and goes on in the next octave."""
    notes = []
    for i, chord in enumerate(progression):
        for n in range(round(beats / step)):
            octave, voice = divmod(order[n % len(order)], len(chord))
            accent = level if n % len(order) == 0 else level * 0.78
            notes.append(Note(i * beats + n * step, chord[voice] + 12 * octave, step * 2, accent))
    return tuple(notes)


def roots(
    progression: Sequence[Chord], beats: float, rhythm: Sequence[float] = (0.0,), octave: int = -1
) -> tuple[Note, ...]:
    """Play each chord's root at the beats of ``rhythm``, ``octave`` octaves away."""
    ends = [*rhythm[1:], beats]
    return tuple(
        Note(i * beats + at, chord[0] + 12 * octave, end - at, 1.0 if at == 0 else 0.75)
        for i, chord in enumerate(progression)
        for at, end in zip(rhythm, ends, strict=True)
    )


def pulse(
    total: float, step: float, tone: int, start: float = 0.0, levels: Sequence[float] = (1.0,)
) -> tuple[Note, ...]:
    """Repeat one note every ``step`` beats, with ``levels`` in turn (0 is a rest)."""
    count = round((total - start) / step)
    struck = ((n, levels[n % len(levels)]) for n in range(count))
    return tuple(Note(start + n * step, tone, step, level) for n, level in struck if level)


def later(notes: Iterable[Note], beats: float, transpose: int = 0, level: float = 1.0) -> tuple[Note, ...]:
    """Return the notes moved by ``beats`` and ``transpose`` semitones, at ``level`` of their own."""
    return tuple(
        replace(note, beat=note.beat + beats, pitch=note.pitch + transpose, level=note.level * level) for note in notes
    )


def _pitch_class(letter: str, accidental: str) -> int:
    return _STEPS[letter] + {"": 0, "#": 1, "b": -1}[accidental]
