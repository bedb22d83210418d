"""The accent of an album: its cover's strongest colour, made legible.

Contrast is WCAG 2.2's (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio); lightness is moved in OKLCH
(https://www.w3.org/TR/css-color-4/#ok-lab), so that the hue stays the cover's.
"""

import math
from dataclasses import dataclass

from PIL import Image

from storefront.media.pictures import painted

Rgb = tuple[int, int, int]
Lch = tuple[float, float, float]

LIGHT_PAPER: Rgb = (0xF6, 0xF2, 0xEA)
DARK_PAPER: Rgb = (0x13, 0x12, 0x11)
LIGHT_LABEL: Rgb = (0xFF, 0xFF, 0xFF)
DARK_LABEL: Rgb = (0x13, 0x12, 0x11)
CONTRAST = 4.5
STEP = 0.005
"""Of OKLCH's lightness, which goes from 0 to 1: less than an eye sees."""


@dataclass(frozen=True, slots=True)
class Accent:
    """Colours as "#rrggbb": the accent on light and on dark paper, and the label that stands on each."""

    light: str
    on_light: str
    dark: str
    on_dark: str


def accent(data: bytes) -> Accent:
    """Return the accent of the cover ``data``; raises :class:`~storefront.media.errors.UnreadablePicture`."""
    return legible(strongest(painted(data, lambda width, height: max(width, height) // 512)))


def strongest(cover: Image.Image) -> Rgb:
    """Return the colour that a viewer would name: vivid, and on a fair part of the picture."""
    small = cover.copy()
    small.thumbnail((128, 128))
    palette = small.quantize(24, Image.Quantize.MEDIANCUT)
    colours = palette.getpalette() or []
    shares = palette.getcolors() or []
    weighed = [(_strength(_rgb(colours, index), count), _rgb(colours, index)) for count, index in shares]
    return max(weighed)[1]


def legible(colour: Rgb) -> Accent:
    """Return ``colour`` darkened and lightened until it has 4.5:1 on both papers and under its labels."""
    lightness, chroma, hue = _to_lch(colour)
    light = _moved((lightness, chroma, hue), -STEP, LIGHT_PAPER, LIGHT_LABEL)
    dark = _moved((lightness, chroma, hue), STEP, DARK_PAPER, DARK_LABEL)
    return Accent(_hex(light), _hex(LIGHT_LABEL), _hex(dark), _hex(DARK_LABEL))


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _moved(start: Lch, step: float, paper: Rgb, label: Rgb) -> Rgb:
    """Move the lightness by steps until both contrasts hold. Black and white are at the ends, and hold them."""
    lightness, chroma, hue = start
    while True:
        colour = _to_rgb((lightness, chroma, hue))
        if min(contrast(colour, paper), contrast(colour, label)) >= CONTRAST:
            return colour
        lightness += step


def _strength(colour: Rgb, pixels: int) -> float:
    """Weigh vividness against area; colours near black or white look paler than their chroma."""
    lightness, chroma, _ = _to_lch(colour)
    return chroma * math.sqrt(pixels) * (1 - abs(lightness - 0.6))


def _rgb(palette: list[int], index: int | float | tuple[int, ...]) -> Rgb:
    assert isinstance(index, int)
    red, green, blue = palette[3 * index : 3 * index + 3]
    return red, green, blue


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _luminance(colour: Rgb) -> float:
    red, green, blue = map(_linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(level: int) -> float:
    share = level / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def _encoded(share: float) -> float:
    return 12.92 * share if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055


def _to_lch(colour: Rgb) -> Lch:
    red, green, blue = map(_linear, colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _to_rgb(colour: Lch) -> Rgb:
    """Return the colour in sRGB, with as much of its chroma as the screen has at that lightness."""
    lightness, chroma, hue = colour
    if lightness <= 0:
        return 0, 0, 0
    if lightness >= 1:
        return 255, 255, 255
    channels = _oklch_to_channels(lightness, chroma, hue)
    while chroma > 0.001 and not all(-0.001 <= channel <= 1.001 for channel in channels):
        chroma *= 0.97
        channels = _oklch_to_channels(lightness, chroma, hue)
    red, green, blue = (round(255 * min(1.0, max(0.0, channel))) for channel in channels)
    return red, green, blue


def _oklch_to_channels(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _encoded(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _encoded(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _encoded(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )
