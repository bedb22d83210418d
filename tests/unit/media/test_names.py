"""Titles may hold anything; the files of an album can be unpacked anywhere."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.media.names import safe_name, unique_names


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("01 Low Tide", "01 Low Tide.flac"),
        ("Field Notes 野帳", "Field Notes 野帳.flac"),
        ("AC/DC: Live?", "AC-DC- Live-.flac"),
        ("../../etc/passwd", "-..-etc-passwd.flac"),
        ("C:\\Windows\\x", "C-Windows-x.flac"),
        ("a\r\nSet-Cookie: b", "a Set-Cookie- b.flac"),
        ('say "hi"', "say -hi-.flac"),
        ("\u202egnp.exe\u200f", "gnp.exe.flac"),
        ("CON", "_CON.flac"),
        ("nul .tar", "_nul .tar.flac"),
        ("com¹", "_com¹.flac"),
        ("Console", "Console.flac"),
        (".htaccess", "htaccess.flac"),
        ("nul\0byte", "nulbyte.flac"),
        ("Trail... . ", "Trail.flac"),
        ("=1+1", "=1+1.flac"),
        ("<b>", "-b-.flac"),
        ("", "untitled.flac"),
        ("...", "untitled.flac"),
        ("\u200d\u2066", "untitled.flac"),
        ("e\u0301te\u0301", "été.flac"),
        ("👩‍👩‍👧", "👩‍👩‍👧.flac"),
    ],
)
def test_titles(title, name):
    assert safe_name(title, "flac") == name


def test_long_titles_are_cut_between_characters():
    assert safe_name("x" * 300, "flac") == "x" * 115 + ".flac"
    assert safe_name("野" * 300, "mp3") == "野" * 38 + ".mp3"
    # "q" with a mark that no composed letter replaces: the letter never stands without it.
    assert safe_name("q\u0323" * 100, "flac") == "q\u0323" * 38 + ".flac"
    assert safe_name("x" * 50, max_bytes=20) == "x" * 20


@given(st.text(max_size=200), st.sampled_from(["", "flac", "mp3"]))
def test_any_text_gives_a_legal_name(text, extension):
    name = safe_name(text, extension)
    assert name
    assert len(name.encode()) <= 120
    assert name == unicodedata.normalize("NFC", name)
    assert not set(name) & set('<>:"/\\|?*')
    assert all(unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn") for c in name)
    assert name[0] not in ". "
    assert name[-1] not in ". "
    assert name.endswith(extension)
    stem = name.split(".")[0].strip().upper()
    assert stem not in {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}


def test_names_that_some_system_takes_for_one_are_told_apart():
    assert unique_names(["a.flac", "A.flac", "b.flac", "a.flac"]) == ["a.flac", "A (2).flac", "b.flac", "a (3).flac"]
    assert unique_names(["é.flac", "E\u0301.flac"]) == ["é.flac", "E\u0301 (2).flac"]
    assert unique_names(["a", "a (2)", "a"]) == ["a", "a (2)", "a (3)"]


def test_the_number_has_its_place_in_a_long_name():
    names = unique_names([safe_name("x" * 200, "flac")] * 3)
    assert len(set(names)) == 3
    assert all(len(name) <= 120 and name.endswith(".flac") for name in names)
