"""Patterns for Two Hands: a board of tiles, quarter circles in six colours."""

import random

from PIL import Image, ImageDraw

from storefront.demo.covers.paper import SHEET, finished, sheet

TILES = 5
PAPERS = ("#efe9dc", "#ddd3bf", "#94b8a8", "#efe9dc")
INKS = ("#1f7350", "#d84a32", "#262b38", "#e9c640", "#1f7350", "#262b38")


def draw() -> Image.Image:
    """Return the cover."""
    drawing = sheet(PAPERS[0])
    pen = ImageDraw.Draw(drawing)
    chance = random.Random(11)
    side = SHEET // TILES
    before = ""
    for row in range(TILES):
        for column in range(TILES):
            ink = chance.choice([colour for colour in INKS if colour != before])
            _tile(pen, column * side, row * side, side, ink, chance)
            before = ink
    return finished(drawing, seed=5)


def _tile(pen: ImageDraw.ImageDraw, x: int, y: int, side: int, ink: str, chance: random.Random) -> None:
    """Draw one tile: paper, and on it a quarter of a circle, a leaf of two quarters, or a half."""
    pen.rectangle((x, y, x + side, y + side), fill=chance.choice(PAPERS))
    corner = chance.randrange(4)
    kind = chance.choice(("quarter", "quarter", "leaf", "rings"))
    if kind == "leaf":
        _leaf(pen, x, y, side, ink, rising=corner % 2 == 0)
        return
    _quarter(pen, x, y, side, 1.0, corner, ink)
    if kind == "rings":
        _quarter(pen, x, y, side, 0.66, corner, PAPERS[0])
        _quarter(pen, x, y, side, 0.33, corner, ink)


def _quarter(pen: ImageDraw.ImageDraw, x: int, y: int, side: int, share: float, corner: int, ink: str) -> None:
    """Draw a quarter of a circle around one of the tile's corners, counted clockwise from the upper left."""
    cx = x + (side if corner in (1, 2) else 0)
    cy = y + (side if corner in (2, 3) else 0)
    radius = side * share
    pen.pieslice((cx - radius, cy - radius, cx + radius, cy + radius), 90 * corner, 90 * corner + 90, fill=ink)


def _leaf(pen: ImageDraw.ImageDraw, x: int, y: int, side: int, ink: str, *, rising: bool) -> None:
    """Draw what two quarter circles of opposite corners have in common."""
    mask = Image.new("1", (side, side))
    other = Image.new("1", (side, side))
    corners = ((0, 0), (side, side)) if rising else ((side, 0), (0, side))
    for image, (cx, cy) in zip((mask, other), corners, strict=True):
        ImageDraw.Draw(image).ellipse((cx - side, cy - side, cx + side, cy + side), fill=1)
    pen.bitmap((x, y), Image.composite(mask, Image.new("1", (side, side)), other), fill=ink)
