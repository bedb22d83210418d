"""Low Tide: waves in layers under a pale sun."""

import math

from PIL import Image, ImageDraw

from storefront.demo.covers.paper import SHEET, disc, finished, sheet

WAVES = (
    (0.36, "#ead9b8", "#d9c49c"),
    (0.47, "#e3aa68", "#cf9352"),
    (0.585, "#d2663a", "#bb542c"),
    (0.70, "#8e2f3f", "#7a2434"),
    (0.815, "#45294a", "#381f3d"),
    (0.925, "#1d2240", "#151a33"),
)
"""Height of a wave's line, its colour, and the colour of the lines that the water leaves in it."""


def draw() -> Image.Image:
    """Return the cover."""
    drawing = sheet("#0f2b3d")
    pen = ImageDraw.Draw(drawing)
    disc(pen, (0.66, 0.275), 0.125, "#f4e9cd")
    for number, (base, colour, line) in enumerate(WAVES):
        crest = [(x, SHEET * _wave(x / SHEET, number, base)) for x in range(0, SHEET + 1, 8)]
        pen.polygon([*crest, (SHEET, SHEET), (0, SHEET)], fill=colour)
        for trace in range(1, 4):
            lower = [
                (x, y + SHEET * (0.016 * trace + 0.006 * trace * math.sin(3.1 * x / SHEET + number + trace)))
                for x, y in crest
            ]
            pen.line(lower, fill=line, width=5)
    return finished(drawing, seed=1)


def _wave(x: float, number: int, base: float) -> float:
    """Return the height of a wave's line at ``x``, both as shares of the sheet."""
    swell = 0.030 * math.sin(2 * math.pi * (0.85 * x + 0.23 * number)) + 0.016 * math.sin(
        2 * math.pi * (1.9 * x - 0.31 * number) + 1
    )
    return base + swell + 0.006 * math.sin(2 * math.pi * (3.7 * x + 0.17 * number))
