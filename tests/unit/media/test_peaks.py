"""The outline that the player draws."""

import pytest

from storefront.media.errors import UnreadableAudio
from storefront.media.peaks import peaks


def test_it_follows_the_loudness(make_audio):
    """Silent, then a quarter, then full: as the wave was written."""
    path = make_audio(seconds=3, wave="0.8*sin(2*PI*220*t)*if(lt(t,1),0,if(lt(t,2),0.25,1))")

    outline = peaks(path, 30)

    assert len(outline) == 30
    assert max(outline[:10]) <= 3
    assert all(abs(level - 64) <= 4 for level in outline[11:19])
    assert all(level >= 250 for level in outline[21:])
    assert max(outline) == 255


def test_silence_and_a_file_shorter_than_its_bars(make_audio):
    assert peaks(make_audio("silent.flac", wave="0")) == [0] * 300
    short = peaks(make_audio("short.flac", seconds=0.05))
    assert len(short) == 300
    assert min(short) > 0


def test_not_audio(tmp_path):
    (tmp_path / "a.flac").write_bytes(b"words")
    with pytest.raises(UnreadableAudio):
        peaks(tmp_path / "a.flac")
