"""Low Tide: electric piano, guitar and a harmonium in a boathouse, with the sea outside. D major and its neighbours."""

from storefront.demo.score import Part, Piece, broken, chords, held, later, melody, pulse, roots

_HARBOUR = chords("Dmaj7 Bm7 Gmaj7 A7sus4 Bm7 Gmaj7")
_RAIN = chords("Bm Gmaj7 Dadd9 A Em7 Gmaj7 Dadd9 F#m7")
_BOATHOUSE = chords("Em9 A9 Dmaj9 Bm7 Em9 A9 Dmaj9 Dmaj9", lowest=48)
_LOW_TIDE = chords("Gmaj9 D6 Em9 Aadd9 Gmaj9")

HARBOUR = Piece(
    tempo=76,
    beats=24,
    air=0.10,
    tone=700,
    parts=(
        Part("electric piano", held(_HARBOUR, 4, roll=0.06), 0.30, 0.15),
        Part("electric piano", later(held(_HARBOUR, 4, level=0.6), 2.5), 0.22, -0.15),
        Part("bass", roots(_HARBOUR, 4, (0, 2.5, 3.5)), 0.42),
        Part("glass", melody("- 8 f#5 1.5 e5 .5 d5 2 | b4 1 d5 1 a5 2 | g5 1 f#5 1 e5 1 d5 1 | d5 4"), 0.34, 0.3),
        Part("brush", pulse(24, 1, 60, 8, (0.3, 1.0)), 0.5, -0.3),
    ),
)

WHAT_THE_RAIN_SAID = Piece(
    tempo=74,
    beats=24,
    air=0.07,
    tone=2600,
    room=0.3,
    parts=(
        Part("guitar", broken(_RAIN, 3, 0.5, (0, 2, 3, 4, 3, 2)), 0.42, -0.25),
        Part("bass", roots(_RAIN, 3), 0.4),
        Part("reed", melody("- 6 f#4 3 e4 1.5 c#4 1.5 | b3 2 d4 1 g4 3 | a4 2 f#4 1 e4 3"), 0.24, 0.25),
        Part("pad", later(held(_RAIN[4:], 3), 12, 12), 0.13, 0.1),
    ),
)

BOATHOUSE = Piece(
    tempo=96,
    beats=32,
    air=0.06,
    tone=800,
    room=0.16,
    parts=(
        Part("electric piano", later(held(_BOATHOUSE, 4, level=0.9), 0.0), 0.26, -0.1),
        Part("electric piano", later(held(_BOATHOUSE, 4, level=0.6), 1.5, 12), 0.16, 0.2),
        Part("bass", roots(_BOATHOUSE, 4, (0, 1.5, 2.5, 3.5)), 0.44),
        Part("drum", pulse(32, 1, 33, 0, (1.0, 0, 0.25, 0)), 0.5),
        Part("brush", pulse(32, 0.5, 60, 0.5, (0.35, 1.0, 0.3, 0.45)), 0.55, 0.2),
        Part(
            "kalimba",
            melody("- 8 a5 .5 b5 .5 d6 1 b5 1 a5 1 | f#5 2 - 2 | g5 .5 a5 .5 b5 1 a5 1 e5 1 | f#5 3 - 5 | e5 1 d5 3"),
            0.36,
            -0.3,
        ),
    ),
)

LOW_TIDE = Piece(
    tempo=62,
    beats=20,
    air=0.14,
    tone=600,
    room=0.4,
    hall=2.6,
    ring=3.0,
    parts=(
        Part("piano", held(_LOW_TIDE, 4, roll=0.25, level=0.8), 0.36, -0.1),
        Part("pad", held(_LOW_TIDE, 4), 0.2, 0.2),
        Part("bass", roots(_LOW_TIDE, 4), 0.36),
        Part("piano", melody("- 4 a5 1 f#5 1 e5 2 | g5 1.5 f#5 .5 d5 2 | e5 1 c#5 1 b4 2 | d5 4", level=0.8), 0.4, 0.2),
    ),
)

PIECES = (HARBOUR, WHAT_THE_RAIN_SAID, BOATHOUSE, LOW_TIDE)
