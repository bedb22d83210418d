"""Field Notes: ferns under a moon, cut out of painted paper."""

from PIL import Image, ImageDraw

from storefront.demo.covers.paper import Point, cut, disc, finished, frond, sheet

FERNS: tuple[tuple[Point, Point, int, float, float, str], ...] = (
    ((0.71, 1.04), (0.66, 0.58), 5, 0.125, -0.03, "#2d7f8f"),
    ((0.10, 1.04), (0.33, 0.17), 9, 0.172, -0.06, "#fbf7ee"),
    ((0.56, 1.05), (0.52, 0.40), 7, 0.165, 0.05, "#e7785b"),
    ((0.93, 1.04), (0.82, 0.50), 6, 0.155, 0.05, "#7aa75f"),
    ((0.36, 1.04), (0.40, 0.74), 4, 0.095, 0.02, "#e9b44c"),
)
"""Root, tip, pairs of leaflets, their length, the stem's bend, colour: from the back to the front."""


def draw() -> Image.Image:
    """Return the cover."""
    drawing = sheet("#25445c")
    pen = ImageDraw.Draw(drawing)
    disc(pen, (0.745, 0.235), 0.13, "#f4ead2")
    cut(pen, [(-0.1, 0.84), (0.2, 0.79), (0.5, 0.86), (0.8, 0.80), (1.1, 0.85), (1.1, 1.2), (-0.1, 1.2)], "#172c40")
    for root, tip, pairs, reach, bend, colour in FERNS:
        for outline in frond(root, tip, pairs, reach, bend):
            cut(pen, outline, colour)
    return finished(drawing, seed=6)
