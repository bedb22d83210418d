"""Names in addresses."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.services.catalogue.slugs import LONGEST, free_slug, slugify


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Low Tide", "low-tide"),
        ("Field Notes 野帳", "field-notes"),
        ("野帳", "野帳"),
        ("Альбом 2", "альбом-2"),
        ("हिन्दी गाना", "हिन्दी-गाना"),
        ("Straße, İzmir & Łódź", "strasse-izmir-lodz"),
        ("Björk’s Ærø", "bjorks-aero"),
        ("What's the Story?", "whats-the-story"),
        ("2", "2"),
        ("...", "untitled"),
        ("🎵", "untitled"),
        ("", "untitled"),
        ("\u0301", "untitled"),
        ("../../etc/passwd", "etc-passwd"),
        ("a\r\nSet-Cookie: b", "a-set-cookie-b"),
        ("x" * 300, "x" * LONGEST),
        (f"{'x' * 70} and a tail that is cut", f"{'x' * 70}-and-a"),
    ],
)
def test_a_name_becomes_a_slug(name: str, slug: str) -> None:
    assert slugify(name) == slug


@given(st.text())
def test_any_name_has_one(name: str) -> None:
    slug = slugify(name)
    assert 0 < len(slug) <= LONGEST
    assert slug == slugify(slug), "a slug is its own"
    assert not re.search(r"[\s/?#%&.\\:\x00-\x1f]", slug)
    assert not slug.startswith("-")
    assert not slug.endswith("-")


def test_a_slug_that_is_taken_is_counted_on() -> None:
    taken = {"low-tide", "low-tide-2"}
    assert free_slug("Low Tide", taken.__contains__) == "low-tide-3"
    assert free_slug("Orbit", taken.__contains__) == "orbit"
