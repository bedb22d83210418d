"""Field Notes: kalimba and marimba out of doors, in Japan's in-sen and yo scales."""

from storefront.demo.score import Part, Piece, held, later, melody, pitch, pulse

_D, _A, _G = ((50, 57, 62), (45, 57, 64), (43, 55, 62))

MORNING_MIST = Piece(
    tempo=60,
    beats=18,
    air=0.12,
    tone=1500,
    room=0.45,
    hall=2.6,
    ring=3.0,
    parts=(
        Part(
            "kalimba",
            melody("d5 1 eb5 .5 d5 .5 a4 2 | g4 1 a4 1 c5 2 | d5 .5 eb5 .5 g5 1 a5 2 | g5 1 eb5 1 d5 2 | d5 2"),
            0.5,
            -0.2,
        ),
        Part("pad", held([_D, _G, _D], 6), 0.3, 0.2),
        Part("bell", melody("- 3 a5 4 d6 4 g5 4 eb5 3"), 0.15, 0.4),
    ),
)

FERNS = Piece(
    tempo=116,
    beats=36,
    room=0.2,
    air=0.05,
    tone=3000,
    parts=(
        Part("marimba", melody("d4 .5 a4 .5 d5 .5 e5 .5 a4 .5 g4 .5 " * 12), 0.42, -0.3),
        Part("marimba", later(melody("a5 .75 g5 .75 e5 .75 d5 .75 " * 8), 12), 0.34, 0.35),
        Part("kalimba", melody("- 18 b5 1.5 a5 1.5 | e6 3 d6 3 | b5 1.5 a5 1.5 g5 3 | a5 3"), 0.42, 0.1),
        Part("bass", pulse(36, 3, pitch("d2"), 6, (1.0, 0.6)), 0.44),
        Part("drum", pulse(36, 1.5, 36, 12, (0.7, 0.4, 0, 0.5)), 0.36),
    ),
)

LANTERN_WALK = Piece(
    tempo=80,
    beats=24,
    air=0.08,
    tone=2200,
    room=0.32,
    parts=(
        Part("kalimba", melody("a4 .5 d5 .5 eb5 .5 g5 .5 a5 1 g5 1 | eb5 .5 d5 .5 c5 .5 a4 .5 d5 2 | " * 3), 0.42, 0.2),
        Part("marimba", melody("d3 1 a3 1 d4 1 a3 1 | c3 1 g3 1 d3 2 | " * 3), 0.4, -0.25),
        Part("reed", melody("- 8 d4 3 eb4 1 g4 3 a4 1 | g4 2 eb4 2 d4 4"), 0.15, -0.1),
        Part("pad", held([_D, _A, _D], 8), 0.2),
        Part("tick", pulse(24, 0.5, 80, 8, (0.8, 0.3, 0.5, 0.3)), 0.4, 0.4),
    ),
)

PIECES = (MORNING_MIST, FERNS, LANTERN_WALK)
