"""Every format through the system's ffmpeg, a build that is not ours: sound, length, tags, cover."""

import re
import shutil
import subprocess

import pytest

from storefront.media.encoding import encode
from storefront.media.formats import FOR_LOSSLESS_MASTERS, FORMATS, Format
from storefront.media.tagging import write_tags
from storefront.media.tags import Tags
from tests.unit.media.test_tagging import cover

FFMPEG = shutil.which("ffmpeg")
LENGTH = 66_151
"""Samples at 44.1 kHz: a whole number of no codec's frames."""

pytestmark = pytest.mark.skipif(
    FFMPEG is None, reason="NO FFMPEG IS INSTALLED: no second decoder has heard what we encode (apt install ffmpeg)"
)


def ffmpeg(*arguments):
    return subprocess.run([FFMPEG, "-hide_banner", "-nostdin", *arguments], capture_output=True, check=False)


def raw(path, sample_format):
    """Return the sound as that program decodes it."""
    decoded = ffmpeg("-v", "error", "-i", str(path), "-map", "0:a", "-f", sample_format, "-")
    assert (decoded.returncode, decoded.stderr) == (0, b"")
    return decoded.stdout


@pytest.fixture(params=FOR_LOSSLESS_MASTERS)
def made(request, make_audio, tmp_path):
    """The master of 24 bit and what was made of it, tagged."""
    master = make_audio("m.wav", codec="pcm_s24le", sample_format="s32", seconds=(LENGTH + 0.5) / 44_100)
    path = tmp_path / f"made.{FORMATS[request.param].extension}"
    encode(master, path, request.param)
    write_tags(path, Tags(title="Field Notes 野帳", artist="Ines", track=3, track_total=9, date="2026"), cover())
    return request.param, master, path


def test_another_decoder_hears_the_same(made):
    format, master, path = made
    if FORMATS[format].lossless:
        assert raw(path, "s24le") == raw(master, "s24le")
        assert len(raw(master, "s24le")) == LENGTH * 2 * 3
        return
    heard = len(raw(path, "s16le")) // 4
    expected = -(-LENGTH * 48_000 // 44_100) if format is Format.OPUS_128 else LENGTH
    # AAC's last frame is cut by players that read the edit list to its end; this one does to the frame.
    assert 0 <= heard - expected < (1024 if format is Format.AAC_256 else 1)


def test_another_reader_sees_tags_and_cover(made):
    _, _, path = made
    said = ffmpeg("-i", str(path)).stderr.decode()
    assert re.search(r"(?i)title +: Field Notes 野帳", said)
    assert re.search(r"(?i)artist +: Ines", said)
    assert re.search(r"(?i)track +: 0?3", said)
    assert re.search(r"Video: mjpeg.*300x300", said)
    assert re.search(r"Duration: 00:00:01\.5", said)
