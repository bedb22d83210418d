"""Ranges of a file: RFC 9110 §14."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.web.ranges import BeyondTheEnd, Window, parse_range


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("bytes=0-499", Window(0, 500)),
        ("bytes=500-999", Window(500, 500)),
        ("bytes=-500", Window(9_500, 500)),
        ("bytes=9500-", Window(9_500, 500)),
        ("bytes=0-0", Window(0, 1)),
        ("bytes=0-99999", Window(0, 10_000)),
        ("bytes=-99999", Window(0, 10_000)),
        ("Bytes= 0-1 ", Window(0, 2)),
        ("bytes=0-0,-1", None),
        ("bytes=2-1", None),
        ("bytes=-", None),
        ("bytes=0-1 2", None),
        ("bytes=٣-", None),
        ("seconds=0-1", None),
        ("", None),
    ],
)
def test_what_is_asked_for(text: str, window: Window | None) -> None:
    assert parse_range(text, 10_000) == window


@pytest.mark.parametrize("text", ["bytes=10000-", "bytes=10000-10001", "bytes=-0"])
def test_beyond_the_end(text: str) -> None:
    with pytest.raises(BeyondTheEnd):
        parse_range(text, 10_000)


@given(st.text(max_size=40) | st.from_regex(r"bytes=\d{0,20}-\d{0,20}", fullmatch=True), st.integers(1, 10**12))
def test_a_window_is_always_inside_the_file(text: str, size: int) -> None:
    try:
        window = parse_range(text, size)
    except BeyondTheEnd:
        return
    if window:
        assert window.start >= 0
        assert window.length > 0
        assert window.start + window.length <= size
