"""Evening Post: the sun goes down behind the sea, in stripes like a stamp's."""

from PIL import Image, ImageDraw

from storefront.demo.covers.paper import SHEET, disc, finished, gradient

HORIZON = 0.56
SKY = ((0.0, "#f8cfae"), (0.28, "#eb9fa0"), (HORIZON, "#c66a9f"), (0.8, "#a93f97"), (1.0, "#7f2a8c"))


def draw() -> Image.Image:
    """Return the cover."""
    drawing = gradient(SKY)
    pen = ImageDraw.Draw(drawing)
    disc(pen, (0.5, HORIZON), 0.30, "#fff0d4")
    # Below the horizon is the sea: the sky's own colours, and the sun's way across them, broken by the waves.
    sea = gradient(((0.0, "#c0609c"), (HORIZON, "#c0609c"), (1.0, "#6d2385")))
    drawing.paste(sea.crop((0, round(HORIZON * SHEET), SHEET, SHEET)), (0, round(HORIZON * SHEET)))
    y, gap = HORIZON + 0.012, 0.012
    while y < 1.0:
        thickness = gap * 0.46
        pen.rectangle((0, y * SHEET, SHEET, (y + thickness) * SHEET), fill="#431a52")
        _glitter(pen, y + thickness, gap)
        y, gap = y + gap + thickness, gap * 1.17
    return finished(drawing, seed=2)


def _glitter(pen: ImageDraw.ImageDraw, y: float, gap: float) -> None:
    """Draw the sun's light on one wave: broad at the horizon and narrow near the shore."""
    half = 0.27 * (1 - (y - HORIZON) / 0.40)
    if half > 0.01:
        shift = 0.012 * (1 if round(gap * 1e4) % 2 else -1)
        box = ((0.5 - half + shift) * SHEET, y * SHEET, (0.5 + half + shift) * SHEET, (y + gap * 0.52) * SHEET)
        pen.rounded_rectangle(box, radius=gap * 0.26 * SHEET, fill="#f6b9a6")
