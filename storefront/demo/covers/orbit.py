"""Orbit: rings around a centre that is not theirs, and one small planet."""

import math

from PIL import Image, ImageDraw

from storefront.demo.covers.paper import disc, finished, sheet

INK, PAPER, PLANET = "#14203d", "#f2c04b", "#d9482b"
RINGS = 16


def draw() -> Image.Image:
    """Return the cover."""
    drawing = sheet(PAPER)
    pen = ImageDraw.Draw(drawing)
    for ring in range(RINGS, 0, -1):
        share = ring / RINGS
        centre = (0.5 + 0.105 * (1 - share), 0.5 - 0.055 * (1 - share))
        radius = 0.44 * share
        width = 0.0165 * (0.55 + 0.45 * share)
        disc(pen, centre, radius, INK)
        disc(pen, centre, radius - width, PAPER)
    disc(pen, (0.5 + 0.105 * (1 - 1 / RINGS), 0.5 - 0.055 * (1 - 1 / RINGS)), 0.0275, INK)
    # The planet hides a piece of the ring that it runs on.
    share = 12 / RINGS
    angle = math.radians(218)
    x = 0.5 + 0.105 * (1 - share) + 0.44 * share * math.cos(angle)
    y = 0.5 - 0.055 * (1 - share) + 0.44 * share * math.sin(angle)
    disc(pen, (x, y), 0.058, PAPER)
    disc(pen, (x, y), 0.043, PLANET)
    return finished(drawing, seed=3)
