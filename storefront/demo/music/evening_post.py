"""Evening Post: waltzes and letters home, for guitar, harmonium and bells. F major, mostly in three."""

from storefront.demo.score import Part, Piece, broken, chords, held, later, melody, pulse, roots

_WALTZ = chords("F Dm Bb C F Am Bb C7 F F", lowest=53)
_WALTZ = [*_WALTZ, *_WALTZ[2:6]]
_LAMPLIGHT = chords("Fmaj7 Am7 Bbmaj7 C7sus4 Dm7", lowest=48)
_DELIVERY = chords("C Am7 F G C Am7 F C", lowest=48)
_SENDER = chords("Dm Bb Gm6 A7 Dm Gm A7 Dm Bb A7 Dm", lowest=50)

EVENING_POST = Piece(
    tempo=132,
    beats=42,
    room=0.22,
    parts=(
        Part("bass", roots(_WALTZ, 3), 0.42),
        Part("guitar", later(held(_WALTZ, 3, level=0.7), 1), 0.17, -0.3),
        Part("guitar", later(held(_WALTZ, 3, level=0.6), 2), 0.17, -0.3),
        Part(
            "reed",
            melody(
                "c5 2 a4 1 | f4 2 a4 1 | d5 2 c5 1 | bb4 1 g4 2 | a4 2 c5 1 | e5 2 d5 1 | d5 1 c5 1 bb4 1 | g4 3 |"
                "a4 2 bb4 1 | c5 3 | d5 2 f5 1 | e5 1 d5 1 c5 1 | a4 2 g4 1 | f4 3"
            ),
            0.24,
            0.15,
        ),
        Part("bell", melody("- 24 f5 3 a5 3 bb5 3 g5 3 a5 3 c6 3"), 0.22, 0.4),
    ),
)

LAMPLIGHT = Piece(
    tempo=64,
    beats=20,
    room=0.34,
    hall=2.4,
    air=0.04,
    tone=1200,
    parts=(
        Part("piano", broken(_LAMPLIGHT, 4, 0.5, (0, 2, 1, 3, 4, 3, 1, 2), 0.8), 0.38, -0.15),
        Part("bass", roots(_LAMPLIGHT, 4), 0.34),
        Part("reed", melody("- 4 e4 2 g4 1 a4 1 | f4 3 d4 1 | g4 2 f4 1 c4 1 | a4 1 g4 1 f4 2"), 0.2, 0.25),
    ),
)

SECOND_DELIVERY = Piece(
    tempo=108,
    beats=32,
    room=0.15,
    parts=(
        Part("guitar", broken(_DELIVERY, 4, 0.5, (0, 2, 1, 3, 2, 4, 1, 3)), 0.4, -0.3),
        Part("bass", roots(_DELIVERY, 4, (0, 2, 3)), 0.42),
        Part("drum", pulse(32, 1, 31, 8, (1.0, 0)), 0.4),
        Part("brush", pulse(32, 0.5, 60, 8, (0.3, 0.25, 1.0, 0.25)), 0.5, 0.25),
        Part(
            "kalimba",
            melody(
                "- 8 c6 .5 a5 .5 g5 1 a5 2 | b5 .5 g5 .5 d5 1 g5 2 | e5 .5 g5 .5 c6 1 e6 1 d6 1 | c6 2 a5 2 |"
                "f5 .5 a5 .5 c6 1 a5 1 f5 1 | e5 4"
            ),
            0.42,
            0.3,
        ),
    ),
)

RETURN_TO_SENDER = Piece(
    tempo=104,
    beats=33,
    room=0.3,
    ring=3.0,
    parts=(
        Part("bass", roots(_SENDER, 3), 0.4),
        Part("guitar", broken(_SENDER, 3, 0.5, (0, 1, 2, 3, 2, 1), 0.8), 0.36, -0.25),
        Part("pad", later(held(_SENDER, 3), 0, 12), 0.1, 0.1),
        Part(
            "glass",
            melody(
                "- 6 bb5 2 a5 1 | g5 1 e5 1 c#5 1 | d5 2 f5 1 | g5 2 bb5 1 | a5 2 e5 1 | f5 3 |"
                "d6 2 bb5 1 | a5 1 g5 1 e5 1 | d5 3"
            ),
            0.36,
            0.3,
        ),
    ),
)

PIECES = (EVENING_POST, LAMPLIGHT, SECOND_DELIVERY, RETURN_TO_SENDER)
