"""What all covers are made of: large sheets that are drawn on and then halved, cut paper, smooth outlines, grain."""

import math
import random
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIDE = 1280
"""Pixels of a finished cover."""

SHEET = 2 * SIDE
"""Pixels of the sheet that is drawn on: halving it at the end smooths every edge."""

Point = tuple[float, float]


def sheet(colour: str) -> Image.Image:
    """Return an empty sheet of paper."""
    return Image.new("RGB", (SHEET, SHEET), colour)


def finished(drawing: Image.Image, seed: int, grain: float = 0.05) -> Image.Image:
    """Return the drawing at its final size, with the grain of printed paper."""
    cover = drawing.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    noise = Image.frombytes("L", (SIDE, SIDE), random.Random(seed).randbytes(SIDE * SIDE))
    noise = noise.filter(ImageFilter.GaussianBlur(0.8))
    flat = Image.new("L", (SIDE, SIDE), 128)
    grey = Image.blend(flat, noise, grain * 4).convert("RGB")
    return ImageChops.overlay(cover, grey)


def gradient(stops: Sequence[tuple[float, str]]) -> Image.Image:
    """Return a sheet whose colour changes from top to bottom; ``stops`` are (share of the height, colour)."""
    column = Image.new("RGB", (1, SHEET))
    for (start, upper), (end, lower) in pairwise(stops):
        top, bottom = round(start * SHEET), round(end * SHEET)
        first, last = Image.new("RGB", (1, 1), upper), Image.new("RGB", (1, 1), lower)
        for y in range(top, bottom):
            column.paste(Image.blend(first, last, (y - top) / (bottom - top)), (0, y))
    return column.resize((SHEET, SHEET))


def disc(draw: ImageDraw.ImageDraw, centre: Point, radius: float, colour: str) -> None:
    """Draw a filled circle; all measures are shares of the sheet."""
    x, y = centre[0] * SHEET, centre[1] * SHEET
    r = radius * SHEET
    draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)


def cut(draw: ImageDraw.ImageDraw, points: Sequence[Point], colour: str) -> None:
    """Lay a piece of paper down that was cut along a smooth line through ``points`` (shares of the sheet)."""
    draw.polygon([(x * SHEET, y * SHEET) for x, y in smooth(points)], fill=colour)


def smooth(points: Sequence[Point], steps: int = 24) -> list[Point]:
    """Return a closed Catmull-Rom spline through the points."""
    curve = []
    count = len(points)
    for i in range(count):
        before, start, end, after = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        curve += [
            (
                _spline(before[0], start[0], end[0], after[0], s / steps),
                _spline(before[1], start[1], end[1], after[1], s / steps),
            )
            for s in range(steps)
        ]
    return curve


def frond(root: Point, tip: Point, pairs: int, reach: float, bend: float = 0.0) -> list[list[Point]]:
    """Return the outlines of a fern's frond: leaflets in pairs up to ``reach`` long, a leaf at the tip, and the stem.

    ``bend`` moves the stem's middle to its right. The outlines are to be smoothed by :func:`cut`.
    """
    length, angle = math.dist(root, tip), math.atan2(tip[1] - root[1], tip[0] - root[0])

    def stem(t: float, side: float = 0.0) -> Point:
        across = bend * math.sin(math.pi * t) + side
        return (
            root[0] + length * t * math.cos(angle) - across * math.sin(angle),
            root[1] + length * t * math.sin(angle) + across * math.cos(angle),
        )

    def heading(t: float) -> float:
        before, after = stem(t - 0.02), stem(t + 0.02)
        return math.atan2(after[1] - before[1], after[0] - before[0])

    thickness = [(0.02 + 0.09 * k, 0.0085 * (1 - 0.08 * k)) for k in range(11)]
    outlines = [[*(stem(t, half) for t, half in thickness), *(stem(t, -half) for t, half in reversed(thickness))]]
    for pair in range(pairs):
        t = 0.16 + 0.74 * pair / (pairs - 1)
        size = reach * (0.62 + 0.38 * math.sin(math.pi * min(1.0, 0.25 + 0.75 * t))) * (1 - 0.55 * t**3)
        for side in (-1, 1):
            outlines.append(_leaflet(stem(t), heading(t) + side * (0.98 - 0.35 * t), size))
    outlines.append(_leaflet(stem(0.93), heading(0.95), reach * 0.8))
    return outlines


def _leaflet(base: Point, direction: float, length: float) -> list[Point]:
    """Return a leaf that is narrow where it grows, broad in its last third, and round at its end."""
    profile = ((0.0, 0.03), (0.22, 0.10), (0.5, 0.19), (0.76, 0.21), (0.93, 0.13))
    edge = [(along * length, half * length) for along, half in profile]
    outline = [*edge, (length, 0.0), *((along, -half) for along, half in reversed(edge))]
    cos, sin = math.cos(direction), math.sin(direction)
    return [(base[0] + x * cos - y * sin, base[1] + x * sin + y * cos) for x, y in outline]


def _spline(before: float, start: float, end: float, after: float, t: float) -> float:
    return 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t * t
        + (3 * start - before - 3 * end + after) * t * t * t
    )
