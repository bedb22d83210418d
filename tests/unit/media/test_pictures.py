"""Covers from anywhere become clean pictures, or are refused in plain words."""

import io
import resource
import struct
import time
import zlib

import pytest
from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat, PngImagePlugin

from storefront.media import child
from storefront.media.errors import UnreadablePicture
from storefront.media.pictures import Cover, check_cover, renditions, tag_cover


def picture(format: str = "JPEG", size: tuple[int, int] = (900, 900), mode: str = "RGB", colour="#b04020", **options):
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, format, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def png_header(width: int, height: int) -> bytes:
    """A PNG of one colour whose pixels take 304 kB as a file and gigabytes in memory."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compress(bytes(1_000_000))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_what_a_cover_is(format):
    assert check_cover(picture(format, (640, 480))) == Cover(format, 640, 480)


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (9_000, 9_000), (12_001, 10)])
def test_a_bomb_is_refused_by_its_header(width, height):
    bomb = png_header(width, height)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.thread_time()
    with pytest.raises(UnreadablePicture, match=r"million pixels|a side is the most"):
        check_cover(bomb)
    assert time.thread_time() - start < 0.1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a JPEG, PNG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a JPEG, PNG or WebP"),
        (b"GIF89a=1;alert(1)//" + bytes(200), "not a JPEG, PNG or WebP"),
        (picture("GIF", mode="P", colour=1), "not a JPEG, PNG or WebP"),
        (picture("TIFF"), "not a JPEG, PNG or WebP"),
        (b"\xff\xd8\xff\xe0<html><script>alert(1)</script>", "damaged or cut off"),
        (picture("JPEG")[:600], "damaged or cut off"),
        (picture("PNG")[:200], "damaged or cut off"),
        (picture("WEBP")[:60], "damaged or cut off"),
    ],
)
def test_what_is_not_a_picture_says_so(data, reason):
    for function in (check_cover, renditions, tag_cover):
        with pytest.raises(UnreadablePicture, match=reason):
            function(data)


TRACES = (b"<script", b"Exif", b"GPS", b"ICC_PROFILE", b"ICCP", b"tEXt")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_the_file_survives_but_its_colours(format):
    marker = b"<script>alert(1)</script>"
    exif = Image.Exif()
    exif[0x010E] = marker.decode()
    exif.get_ifd(0x8825)[2] = (59.0, 54.0, 0.0)  # GPSLatitude
    options = {"exif": exif, "icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()}
    if format == "JPEG":
        options["comment"] = marker
    if format == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", marker.decode())
    original = picture(format, **options)
    assert marker in original
    assert b"ICCP" in original.upper() or b"ICC_PROFILE" in original

    for made in (*renditions(original).values(), tag_cover(original)):
        assert [trace for trace in TRACES if trace.lower() in made.lower()] == []
        assert not opened(made).getexif()
        assert "comment" not in opened(made).info


def test_renditions_keep_the_proportions_and_never_enlarge():
    made = renditions(picture(size=(1000, 500)), (320, 640, 1280))
    assert set(made) == {(width, kind) for width in (320, 640, 1280) for kind in ("webp", "jpg")}
    assert [opened(made[width, "webp"]).size for width in (320, 640, 1280)] == [(320, 160), (640, 320), (1000, 500)]
    assert {opened(made[320, kind]).format for kind in ("webp", "jpg")} == {"WEBP", "JPEG"}


def test_a_cover_for_tags():
    made = opened(tag_cover(picture("PNG", (3000, 2000))))
    assert (made.format, made.size, made.mode) == ("JPEG", (1200, 800), "RGB")
    assert "progressive" not in made.info
    assert opened(tag_cover(picture("PNG", (200, 100)))).size == (200, 100)


def test_it_is_turned_as_its_exif_says():
    image = Image.new("RGB", (400, 200), "blue")
    image.paste("red", (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: left becomes top
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)

    assert check_cover(buffer.getvalue()) == Cover("JPEG", 200, 400)
    upright = opened(renditions(buffer.getvalue())[320, "jpg"])
    assert upright.size == (200, 400)
    assert near(upright.getpixel((100, 50)), (254, 0, 0))


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", [1, 3, 5, 6, 8])
def test_a_large_picture_is_shrunk_in_strips_that_nobody_sees(format, orientation):
    """Compared with the same done at once by Pillow."""
    size = (5000, 2701)
    bands = [Image.linear_gradient("L").resize(size), *(Image.radial_gradient("L").resize(size),) * 2]
    image = Image.merge("RGB", bands)
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    image.save(buffer, format, exif=exif, **({"compress_level": 1} if format == "PNG" else {"quality": 95}))
    at_once = ImageOps.exif_transpose(Image.open(buffer)).convert("RGB")
    at_once.thumbnail((1200, 1200), Image.Resampling.LANCZOS)

    made = opened(tag_cover(buffer.getvalue()))

    assert made.size in (at_once.size, (at_once.width + 1, at_once.height), (at_once.width, at_once.height + 1))
    difference = ImageChops.difference(made, at_once.resize(made.size))
    assert max(high for _, high in difference.getextrema()) <= 12
    assert max(ImageStat.Stat(difference).mean) < 1


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_the_largest_picture_takes_little_memory(format):
    """No more than it takes to hold it once; its child ends where it wants more."""
    data = picture(format, (7000, 7000))
    made = child.run(tag_cover, data, memory_mb=260 if format == "PNG" else 150)
    assert opened(made).size == (1200, 1200)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (picture("JPEG", mode="CMYK", colour=(0, 255, 255, 0)), (255, 0, 0)),
        (picture("PNG", mode="L", colour=100), (100, 100, 100)),
        (picture("PNG", mode="1", colour=1), (255, 255, 255)),
        (picture("PNG", mode="RGBA", colour=(255, 0, 0, 128)), (255, 127, 127)),
        (picture("PNG", mode="LA", colour=(0, 0)), (255, 255, 255)),
        (picture("PNG", mode="I;16", colour=100 * 256), (100, 100, 100)),
        (picture("PNG", mode="P", colour=0, transparency=0), (255, 255, 255)),
        (picture("WEBP", mode="RGBA", colour=(0, 0, 255, 255), lossless=True), (0, 0, 255)),
    ],
)
def test_every_kind_of_colour(data, expected):
    assert near(opened(renditions(data)[320, "webp"]).getpixel((160, 160)), expected)
    assert near(opened(tag_cover(data)).getpixel((160, 160)), expected)


def test_a_broken_profile_is_passed_over():
    assert near(opened(tag_cover(picture(icc_profile=b"not a profile"))).getpixel((5, 5)), (0xB0, 0x40, 0x20))


def near(colour: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= 6 for one, other in zip(colour, expected, strict=True))
