"""Orbit: slow synthesizers that circle each other, with long echoes. Nothing is in a hurry."""

from storefront.demo.score import Part, Piece, broken, chords, held, melody, roots

_ECHO = (("aecho", "0.9:0.8:375|750:0.38|0.22"),)
_PERIGEE = chords("Am9 Fmaj9 Cmaj9 Gadd9 Am9", lowest=45)
_ROUND = chords("Emaj9 C#m9 Amaj9 F#m9 Badd9 Emaj9", lowest=45)
_APOGEE = chords("Fmaj9 Cadd9 Gsus4 Am9", lowest=43)

PERIGEE = Piece(
    tempo=64,
    beats=20,
    room=0.5,
    hall=2.8,
    ring=3.5,
    parts=(
        Part("pad", held(_PERIGEE, 4), 0.34, -0.15),
        Part("bass", roots(_PERIGEE, 4, octave=0), 0.3),
        Part("bell", broken(_PERIGEE, 4, 0.5, (4, 6, 5, 7, 9, 7, 5, 6), 0.8), 0.2, 0.35, _ECHO),
        Part("glass", melody("- 8 g5 3 e5 1 d5 3 b4 1 c5 4"), 0.3, -0.3, _ECHO),
    ),
)

LONG_WAY_ROUND = Piece(
    tempo=92,
    beats=30,
    room=0.35,
    hall=2.4,
    parts=(
        Part("glass", broken(_ROUND, 5, 0.5, (4, 5, 7, 6, 9, 7, 5, 6, 8, 7), 0.9), 0.3, -0.35, _ECHO),
        Part("pad", held(_ROUND, 5), 0.26, 0.2),
        Part("bass", roots(_ROUND, 5, (0, 3), octave=0), 0.34),
        Part("bell", melody("- 10 g#5 2 f#5 3 | e5 2 c#5 3 | b5 3 g#5 2 | f#5 2.5 e5 2.5"), 0.26, 0.35, _ECHO),
    ),
)

APOGEE = Piece(
    tempo=48,
    beats=16,
    room=0.55,
    hall=3.0,
    ring=4.0,
    air=0.05,
    tone=500,
    parts=(
        Part("pad", held(_APOGEE, 4), 0.38, 0.15),
        Part("drone", held([(29,), (36,), (31,), (33,)], 4), 0.5),
        Part("bell", melody("- 2 c6 2 a5 2 g5 2 e5 2 - 1 d5 1 c5 4"), 0.26, -0.35, _ECHO),
        Part("glass", melody("- 5 g6 3 e6 4 d6 4"), 0.14, 0.4, _ECHO),
    ),
)

PIECES = (PERIGEE, LONG_WAY_ROUND, APOGEE)
