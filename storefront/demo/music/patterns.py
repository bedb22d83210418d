"""Patterns for Two Hands: short figures on a piano that drift against each other, after the minimalists."""

from storefront.demo.score import Note, Part, Piece, chords, held, pitch, pulse, roots


def _figure(names: str, step: float, start: float, end: float, octave: int = 0) -> tuple[Note, ...]:
    """Repeat a figure of even notes from one beat to another."""
    tones = [pitch(name) + 12 * octave for name in names.split()]
    count = int((end - start) / step)
    return tuple(
        Note(start + n * step, tones[n % len(tones)], step, 1.0 if n % len(tones) == 0 else 0.72) for n in range(count)
    )


_SLATE = chords("Am9 Fmaj7 Cadd9 Gsus4", lowest=45)
_THAW = chords("Ebmaj7 Cm7 Abmaj7 Bb7sus4", lowest=48)

RAIN_ON_SLATE = Piece(
    tempo=132,
    beats=42,
    air=0.05,
    tone=2800,
    parts=(
        Part("piano", _figure("e5 b4 c5 g4 a4 e5 c5 b4", 0.5, 0, 42), 0.3, 0.35),
        Part("piano", _figure("a3 e4 c4 b3 e4 g3", 0.5, 8, 42), 0.32, -0.35),
        Part("bass", roots(_SLATE, 10.5, (0, 6)), 0.34),
        Part("glass", pulse(42, 3, pitch("e6"), 16, (0.6, 0.9)), 0.2),
    ),
)

LEFT_HAND_REMEMBERS = Piece(
    tempo=92,
    beats=28,
    room=0.3,
    parts=(
        Part("piano", _figure("d3 a3 f4 e4 a3", 0.5, 0, 28), 0.36, -0.3),
        Part("piano", _figure("a5 f5 d5 e5 - c5 a4".replace("- ", ""), 1 / 3, 10, 28), 0.24, 0.35),
        Part("bass", pulse(28, 5, pitch("d2"), 0, (1.0, 0.8)), 0.34),
        Part("pad", held(chords("Dm9 Bbmaj7 Fmaj7 Cadd9", lowest=50), 7), 0.12),
    ),
)

THAW = Piece(
    tempo=104,
    beats=32,
    room=0.32,
    ring=3.0,
    parts=(
        Part("piano", _figure("eb5 bb4 g4 d5 c5 g4", 0.5, 0, 32), 0.3, 0.3),
        Part("piano", _figure("eb4 g4 bb4 c5", 0.75, 4, 32), 0.26, -0.3),
        Part("marimba", _figure("eb3 bb3 g3 d4 c4 g3 ab3", 0.5, 12, 32), 0.34, 0.1),
        Part("bass", roots(_THAW, 8, (0, 4.5)), 0.4),
    ),
)

PIECES = (RAIN_ON_SLATE, LEFT_HAND_REMEMBERS, THAW)
