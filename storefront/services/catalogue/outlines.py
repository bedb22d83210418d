"""The outline of a track's loudness, as the player draws it."""

#: Hexadecimal digits in the outline of a whole track: more bars would not be told apart.
BARS = 150


def outline(peaks: str, part: float = 1.0) -> str:
    """The first `part` (0 to 1) of a track's peaks (a byte each, in hex), as at most BARS digits, one a bar."""
    bars = peaks[::2][: round(len(peaks) // 2 * part)]
    return bars[:: -(-len(bars) // BARS) or 1]
