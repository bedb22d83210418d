"""Covers: checked, and made anew in the sizes that pages and files need.

A cover is never cropped. What is served is painted onto a new image, so that nothing of the original file survives but
its colours: no EXIF, no place where it was taken, no comment, no profile (saving a picture as it was opened keeps a
JPEG's comment). A large picture is painted smaller and strip by strip, so that no more than one of its size is ever in
memory.
"""

import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageCms

from storefront.media.errors import UnreadablePicture

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 50_000_000
MAX_SIDE = 12_000
WIDTHS = (320, 640, 1280)
TAG_SIDE = 1200
"""The longest side of a cover inside a music file, in pixels: sharp in any player, small beside the music."""

LOGO_BOX = (960, 192)
"""Of a shop's logo, in pixels: sharp at the head of a page on any screen."""

STRIP = 64
"""Rows of the smaller picture that are painted at once."""

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF's orientation -> what makes it upright (CIPA DC-008, tag 274)."""

LYING = (5, 6, 7, 8)
"""Orientations in which width and height change places."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture that can be used: ``format`` as Pillow names it, ``width`` and ``height`` in pixels as it is seen."""

    format: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Logo:
    """A PNG of so many pixels."""

    data: bytes
    width: int
    height: int


def check_cover(data: bytes) -> Cover:
    """Decode the whole picture and say what it is; raises :class:`UnreadablePicture`."""
    with _explaining(data):
        image = _opened(data)
        image.load()
        return Cover(image.format or "", *_upright_size(image))


def renditions(data: bytes, widths: Sequence[int] = WIDTHS) -> dict[tuple[int, str], bytes]:
    """Return the cover for every width as ("webp") and ("jpg"), keyed by (width, extension), in its own proportions.

    A picture is never enlarged: one that is narrower than a width is given in its own under that key.
    """
    cover = painted(data, lambda width, height: width // (2 * max(widths)))
    made = {}
    for width in widths:
        size = (width, max(1, round(cover.height * width / cover.width)))
        picture = cover if width >= cover.width else cover.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
        made[width, "webp"] = _saved(picture, "WEBP", quality=80, method=4)
        made[width, "jpg"] = _saved(picture, "JPEG", quality=82, optimize=True, progressive=True)
    return made


def tag_cover(data: bytes) -> bytes:
    """Return the cover as a JPEG of at most 1200 px a side, to be embedded in music files."""
    cover = painted(data, lambda width, height: max(width, height) // (2 * TAG_SIDE))
    cover.thumbnail((TAG_SIDE, TAG_SIDE), Image.Resampling.LANCZOS)
    # Not progressive: some car radios and portable players show only baseline JPEGs.
    return _saved(cover, "JPEG", quality=88, optimize=True)


def painted(data: bytes, shrinking: Callable[[int, int], int] = lambda width, height: 1) -> Image.Image:
    """Return the picture as it is meant to be seen (turned as its EXIF says, in sRGB, on white), on a new RGB image.

    ``shrinking`` says of its width and height by what whole number its sides may be divided; 0 counts as 1.
    """
    with _explaining(data):
        image = _opened(data)
        factor = max(1, shrinking(*_upright_size(image)))
        turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
        full = image.width
        if image.format == "JPEG":  # its decoder halves it once, twice or three times for nothing
            image.draft(None, (-(-image.width // factor), -(-image.height // factor)))
        image.load()
        canvas = _on_white(image, max(1, factor * image.width // full))
    return canvas.transpose(turn) if turn is not None else canvas


def _on_white(image: Image.Image, factor: int) -> Image.Image:
    """Return a new picture of the colours of ``image``, its sides divided by ``factor``."""
    canvas = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)), "white")
    for top in range(0, image.height, STRIP * factor):
        strip = image.crop((0, top, image.width, min(top + STRIP * factor, image.height)))
        paper = Image.new("RGB", strip.size, "white")
        if strip.has_transparency_data:
            layer = strip.convert("RGBA")
            paper.paste(layer, mask=layer)
        else:
            paper.paste(_in_srgb(strip))
        canvas.paste(paper.reduce(factor), (0, top // factor))
    return canvas


def _opened(data: bytes) -> Image.Image:
    """Return a picture whose header's measures are allowed, not decoded yet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower than Pillow's
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    _check_size(image.size)
    return image


def _upright_size(image: Image.Image) -> tuple[int, int]:
    """Return width and height as its EXIF says that it is to be seen."""
    lies = image.getexif().get(ExifTags.Base.Orientation) in LYING
    return (image.height, image.width) if lies else image.size


@contextmanager
def _explaining(data: bytes) -> Iterator[None]:
    """Inside, whatever Pillow's decoders raise becomes an UnreadablePicture."""
    try:
        yield
    except (UnreadablePicture, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise UnreadablePicture(f"it is larger than {MAX_PIXELS // 1_000_000} million pixels") from error
    # Nearly anything for a damaged file: OSError, SyntaxError, ValueError, struct.error, ...
    except Exception as error:
        known = data[:3] == b"\xff\xd8\xff" or data[:4] == b"\x89PNG" or data[8:12] == b"WEBP"
        raise UnreadablePicture("it is damaged or cut off" if known else "it is not a JPEG, PNG or WebP") from error


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width > MAX_SIDE or height > MAX_SIDE:
        raise UnreadablePicture(f"it is {width:,} × {height:,} pixels; {MAX_SIDE:,} a side is the most")
    if width * height > MAX_PIXELS:
        raise UnreadablePicture(f"it is larger than {MAX_PIXELS // 1_000_000} million pixels")


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return the picture in sRGB: through its colour profile where it has a sound one, else by its mode."""
    if image.mode == "I;16":  # Pillow would clip 16 bits of grey, not scale them
        image = image.convert("I").point([level // 256 for level in range(65536)], "L")
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile, or one for another kind of picture: the plain colours are the best guess
    return image.convert("RGB")


def _saved(image: Image.Image, format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def logo(data: bytes) -> Logo:
    """Return a PNG of at most 960 x 192 px, see-through where it is; raises :class:`UnreadablePicture`."""
    with _explaining(data):
        image = _opened(data)
        turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
        image.load()
        canvas = Image.new("RGBA", image.size)
        canvas.paste(image.convert("RGBA"))
    upright = canvas.transpose(turn) if turn is not None else canvas
    upright.thumbnail(LOGO_BOX, Image.Resampling.LANCZOS, reducing_gap=3)
    return Logo(_saved(upright, "PNG", optimize=True), upright.width, upright.height)
