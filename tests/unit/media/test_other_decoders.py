"""Every format through the system's ffmpeg and ffprobe, a build that is not ours: sound, length, tags, cover."""

import json
import re
import shutil
import subprocess

import pytest

from storefront.media.encoding import encode
from storefront.media.formats import FOR_LOSSLESS_MASTERS, FORMATS, Format
from storefront.media.tagging import write_tags
from storefront.media.tags import Tags
from tests.unit.media.test_tagging import cover

FFMPEG, FFPROBE = shutil.which("ffmpeg"), shutil.which("ffprobe")
LENGTH = 66_151
"""Samples at 44.1 kHz: a whole number of no codec's frames."""

pytestmark = pytest.mark.skipif(
    FFMPEG is None or FFPROBE is None,
    reason="NO FFMPEG IS INSTALLED: no second decoder has heard what we encode (apt install ffmpeg)",
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


#: Container and codec, as that program calls them.
KINDS = {
    Format.FLAC: ("flac", "flac"),
    Format.ALAC: ("mov,mp4,m4a,3gp,3g2,mj2", "alac"),
    Format.AAC_256: ("mov,mp4,m4a,3gp,3g2,mj2", "aac"),
    Format.MP3_V0: ("mp3", "mp3"),
    Format.MP3_320: ("mp3", "mp3"),
    Format.OPUS_128: ("ogg", "opus"),
    Format.WAV: ("wav", "pcm_s24le"),
    Format.AIFF: ("aiff", "pcm_s24be"),
}


def test_a_prober_knows_what_it_is(made):
    """Container, codec, rate, channels, length, every tag that was written, and the cover as a picture of the file."""
    format, _, path = made
    command = [FFPROBE, "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    said = subprocess.run(command, capture_output=True, check=True)
    assert said.stderr == b""
    found = json.loads(said.stdout)
    [sound] = [stream for stream in found["streams"] if stream["codec_type"] == "audio"]
    [picture] = [stream for stream in found["streams"] if stream["codec_type"] == "video"]
    assert (found["format"]["format_name"], sound["codec_name"]) == KINDS[format]
    rate = 48_000 if format is Format.OPUS_128 else 44_100
    assert (int(sound["sample_rate"]), sound["channels"]) == (rate, 2)
    # Some versions count the whole frames, with what the encoder put before and behind: two of MP3, one of AAC.
    assert float(found["format"]["duration"]) == pytest.approx(LENGTH / 44_100, abs=2 * 1152 / 44_100)
    assert picture["disposition"]["attached_pic"] == 1
    assert (picture["codec_name"], picture["width"], picture["height"]) == ("mjpeg", 300, 300)
    # Ogg's comments are the stream's, all others the file's.
    tags = {name.lower(): text for name, text in {**found["format"].get("tags", {}), **sound.get("tags", {})}.items()}
    assert (tags["title"], tags["artist"], tags["date"]) == ("Field Notes 野帳", "Ines", "2026")
    assert re.fullmatch(r"0?3(/0?9)?", tags["track"])
