"""Interference: tones that are almost the same, and the pulse that is heard where they meet. A minor, electric."""

from storefront.demo.score import Part, Piece, broken, chords, held, later, melody, pulse

_CARRIER = chords("A5 A5 F5 G5", lowest=45)
_BEATS = chords("Dm9 Bbmaj9 Fmaj9 Cadd9", lowest=50)
_QUIET = chords("Am9 Em7 Fmaj7 Dm9", lowest=45)
_TREMOLO = (("tremolo", "f=5.2:d=0.45"),)

CARRIER = Piece(
    tempo=108,
    beats=32,
    room=0.28,
    parts=(
        Part("drone", held(_CARRIER, 8), 0.42),
        Part(
            "bass",
            tuple(
                n
                for i, chord in enumerate(_CARRIER)
                for n in pulse(8 * i + 8, 0.5, chord[0] - 12, 8 * i, (1.0, 0.5, 0.75, 0.5))
            ),
            0.26,
        ),
        Part("drum", pulse(32, 1, 31, 8, (1.0, 0, 0.7, 0)), 0.5),
        Part("tick", pulse(32, 0.25, 90, 8, (0.3, 0.1, 0.8, 0.2, 0.4, 0.1, 0.9, 0.5)), 0.5, 0.35),
        Part("electric piano", melody("- 16 e5 1.5 c5 1.5 a4 5 | d5 1.5 b4 1.5 g4 5"), 0.34, -0.3, _TREMOLO),
    ),
)

BEAT_FREQUENCY = Piece(
    tempo=100,
    beats=32,
    room=0.3,
    parts=(
        Part("glass", broken(_BEATS, 8, 0.5, (4, 6, 5), 0.9), 0.3, -0.5),
        Part("glass", broken(_BEATS, 8, 2 / 3, (3, 5, 4, 6), 0.8), 0.3, 0.5),
        Part("drone", held([chord[:1] for chord in _BEATS], 8), 0.5),
        Part(
            "bass",
            tuple(
                n for i, chord in enumerate(_BEATS) for n in pulse(8 * i + 8, 1, chord[0] - 12, 8 * i, (1.0, 0, 0, 0.6))
            ),
            0.42,
        ),
        Part("tick", pulse(32, 0.5, 84, 8, (0.2, 0.7, 0.3, 0.9)), 0.5),
    ),
)

QUIET_BAND = Piece(
    tempo=56,
    beats=16,
    room=0.45,
    hall=2.8,
    ring=3.5,
    air=0.09,
    tone=2600,
    parts=(
        Part("pad", held(_QUIET, 4), 0.34, 0.1, _TREMOLO),
        Part("bell", later(broken(_QUIET, 4, 1, (4, 5, 7, 6), 0.8), 0.5), 0.24, -0.3),
        Part("drone", held([chord[:1] for chord in _QUIET], 4), 0.42),
    ),
)

PIECES = (CARRIER, BEAT_FREQUENCY, QUIET_BAND)
