"""Whatever the cover, its accent can be read on both papers, and a label on it."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from storefront.media.accents import DARK_PAPER, LIGHT_PAPER, accent, contrast, legible, strongest

levels = st.integers(0, 255)


def rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def test_contrast_is_the_standards():
    """WCAG's ends of the scale, and a pair whose ratio is well known."""
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((9, 9, 9), (9, 9, 9)) == 1
    assert contrast((0x76, 0x76, 0x76), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


@given(st.tuples(levels, levels, levels))
def test_every_colour_becomes_legible(colour):
    made = legible(colour)
    assert contrast(rgb(made.light), LIGHT_PAPER) >= 4.5
    assert contrast(rgb(made.dark), DARK_PAPER) >= 4.5
    assert contrast(rgb(made.light), rgb(made.on_light)) >= 4.5
    assert contrast(rgb(made.dark), rgb(made.on_dark)) >= 4.5


def test_what_is_legible_already_stays_as_it_is():
    assert legible((0x9C, 0x3A, 0x22)).light == "#9c3a22"
    assert legible((0xF0, 0x8A, 0x6A)).dark == "#f08a6a"


@pytest.mark.parametrize(
    ("background", "spot", "channel"), [("#f5f0e6", "#d94d36", 0), ("#101014", "#2f9e55", 1), ("#808080", "#2a4bd0", 2)]
)
def test_the_strongest_colour_is_the_one_a_viewer_would_name(background, spot, channel):
    image = Image.new("RGB", (400, 400), background)
    ImageDraw.Draw(image).ellipse((130, 130, 270, 270), fill=spot)
    colour = strongest(image)
    assert colour.index(max(colour)) == channel
    assert max(colour) - min(colour) > 80


def test_the_hue_is_kept():
    light, dark = rgb(legible((255, 230, 0)).light), rgb(legible((20, 20, 120)).dark)
    assert light[0] > light[2] + 60
    assert light[1] > light[2] + 60
    assert dark[2] == max(dark)


@pytest.mark.parametrize("colour", ["black", "white", "#777"])
def test_a_cover_of_one_grey(colour):
    buffer = io.BytesIO()
    Image.new("RGB", (50, 50), colour).save(buffer, "PNG")
    made = accent(buffer.getvalue())
    assert max(rgb(made.light)) - min(rgb(made.light)) <= 4
    assert contrast(rgb(made.dark), DARK_PAPER) >= 4.5
