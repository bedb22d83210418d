"""Downloads' names, and the window of a file that a server sends by itself."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.web.ranges import Window
from storefront.web.sending import FileWindow, attachment


@pytest.mark.parametrize(
    ("name", "plain", "extended"),
    [
        ("Low Tide (FLAC).zip", "Low Tide (FLAC).zip", "Low%20Tide%20%28FLAC%29.zip"),
        ("Café.zip", "Cafe.zip", "Caf%C3%A9.zip"),
        ("東京.zip", "download.zip", "%E6%9D%B1%E4%BA%AC.zip"),
        ("../../etc/passwd", "_._etc_passwd", "_.._etc_passwd"),
        ('a"; filename="b.exe', "a_; filename=_b.exe", "a_%3B%20filename%3D_b.exe"),
        ("a\r\nSet-Cookie: x=1.zip", "aSet-Cookie_ x=1.zip", "aSet-Cookie_%20x%3D1.zip"),
        ("gpj.\u202eexe", "gpj.exe", "gpj.exe"),
        ("100%41.zip", "100_41.zip", "100%2541.zip"),
        ("＂／.zip", "__.zip", "%EF%BC%82%EF%BC%8F.zip"),
        ("می\u200cخواهم.zip", "download.zip", "%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88%D8%A7%D9%87%D9%85.zip"),
        ("a\0b", "ab", "ab"),
        ("", "download", "download"),
        (" . ", "download", "download"),
    ],
)
def test_names(name: str, plain: str, extended: str) -> None:
    assert attachment(name) == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}"


@given(st.text())
def test_any_name_is_one_line_of_ascii(name: str) -> None:
    value = attachment(name)
    assert value.isascii()
    assert value.isprintable()
    assert value.count('"') == 2
    assert not any(mark in value.split('"')[1] for mark in "\\/%:")


@given(st.binary(max_size=300), st.data())
def test_a_window_reads_like_a_file_of_its_own(data: bytes, draw: st.DataObject) -> None:
    start = draw.draw(st.integers(0, len(data)))
    length = draw.draw(st.integers(0, len(data) - start))
    window, file = FileWindow(io.BytesIO(data), Window(start, length)), io.BytesIO(data[start : start + length])
    for _ in range(5):
        offset, whence = draw.draw(st.integers(0, 400)), draw.draw(st.sampled_from([io.SEEK_SET, io.SEEK_END]))
        sought = min(offset, length) if whence == io.SEEK_SET else 0
        assert window.seek(sought, whence) == file.seek(sought, whence)
        size = draw.draw(st.integers(-1, 400))
        assert window.read(size) == file.read(size)
        assert window.tell() == file.tell()


def test_closing_a_window_closes_its_file() -> None:
    file = io.BytesIO(b"x")
    FileWindow(file, Window(0, 1)).close()
    assert file.closed
