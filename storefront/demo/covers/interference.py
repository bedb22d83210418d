"""Interference: two sources send waves over the same dark water, drawn line by line."""

import math

from PIL import Image, ImageDraw

from storefront.demo.covers.paper import SHEET, finished, sheet

NIGHT, LIGHT = "#0b0b12", "#cdc2fa"
LINES = 62
SOURCES = ((0.36, 0.40), (0.64, 0.60))


def draw() -> Image.Image:
    """Return the cover."""
    drawing = sheet(NIGHT)
    pen = ImageDraw.Draw(drawing)
    for line in range(LINES):
        base = 0.19 + 0.645 * line / (LINES - 1)
        points = [
            (x, SHEET * (base - _height(x / SHEET, base)))
            for x in range(round(0.10 * SHEET), round(0.90 * SHEET) + 1, 6)
        ]
        # Each line hides what lies behind it.
        pen.polygon([*points, (points[-1][0], SHEET), (points[0][0], SHEET)], fill=NIGHT)
        pen.line(points, fill=LIGHT, width=8, joint="curve")
    pen.rectangle((0, 0.85 * SHEET, SHEET, SHEET), fill=NIGHT)
    return finished(drawing, seed=4)


def _height(x: float, y: float) -> float:
    """Return the height of the water, as a share of the sheet: the sum of both waves, calm towards the edges."""
    total = 0.0
    for source in SOURCES:
        distance = math.hypot(x - source[0], 1.15 * (y - source[1]))
        total += math.cos(2 * math.pi * distance / 0.085) * math.exp(-5.2 * distance)
    calm = math.exp(-(((x - 0.5) / 0.27) ** 4)) * math.exp(-(((y - 0.5) / 0.33) ** 4))
    return 0.034 * calm * (total + 0.55)
