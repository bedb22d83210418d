"""What a file is, and in plain words why it cannot be used."""

import io
import zipfile

import av
import pytest
from PIL import Image

from storefront.media.errors import UnreadableAudio
from storefront.media.probing import Probe, probe
from storefront.media.tagging import write_tags
from storefront.media.tags import Tags
from tests.support.awkward import picture


@pytest.mark.parametrize(
    ("name", "codec", "sample_format", "expected"),
    [
        ("a.flac", "flac", "s16", Probe("flac", "flac", True, 44_100, 2, 16, 1500)),
        ("a.flac", "flac", "s32", Probe("flac", "flac", True, 44_100, 2, 24, 1500)),
        ("a.wav", "pcm_s16le", "s16", Probe("pcm_s16le", "wav", True, 44_100, 2, 16, 1500)),
        ("a.WAV", "pcm_s24le", "s32", Probe("pcm_s24le", "wav", True, 44_100, 2, 24, 1500)),
        ("a.wav", "pcm_f32le", "flt", Probe("pcm_f32le", "wav", True, 44_100, 2, 32, 1500)),
        ("a.aiff", "pcm_s16be", "s16", Probe("pcm_s16be", "aiff", True, 44_100, 2, 16, 1500)),
        ("a.m4a", "alac", "s16p", Probe("alac", "m4a", True, 44_100, 2, 16, 1500)),
        ("a.m4a", "alac", "s32p", Probe("alac", "m4a", True, 44_100, 2, 24, 1500)),
        ("a.mp3", "libmp3lame", "fltp", Probe("mp3", "mp3", False, 44_100, 2, None, 1500)),
    ],
)
def test_what_a_band_brings(make_audio, name, codec, sample_format, expected):
    assert probe(make_audio(name, codec=codec, sample_format=sample_format, seconds=1.5)) == expected


def test_opus_and_vorbis_and_aac(make_audio):
    for name, codec, rate in (("a.opus", "libopus", 48_000), ("a.m4a", "aac", 44_100)):
        found = probe(make_audio(name, codec=codec, sample_format="flt" if codec == "libopus" else "fltp", rate=rate))
        assert not found.lossless
        assert found.duration_ms == pytest.approx(1000, abs=50)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.flac", b"Lyrics of a song that was never recorded.\n" * 40),
        ("page.mp3", b"<?php system($_GET['c']); ?>" * 100),
        ("list.mp3", b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n"),
        ("list.wav", b"ffconcat version 1.0\nfile /etc/passwd\n"),
        ("noise.wav", bytes(range(256)) * 40),
    ],
)
def test_what_is_not_audio(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableAudio, match="it is not audio"):
        probe(path)


def test_a_playlist_opens_nothing(tmp_path, make_audio):
    """The file that the list names exists and is music: only the refusal to read lists keeps it out."""
    make_audio("secret.flac")
    path = tmp_path / "list.mp3"
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{tmp_path}/secret.flac\n#EXT-X-ENDLIST\n")
    with pytest.raises(UnreadableAudio, match="it is not audio"):
        probe(path)


def test_a_list_of_files_and_a_film_are_not_read(tmp_path, make_audio):
    """FFmpeg by itself reads both."""
    film = make_audio("film.mka")
    make_audio("secret.wav", codec="pcm_s16le")
    listed = tmp_path / "list.ffconcat"
    listed.write_text("ffconcat version 1.0\nfile secret.wav\n")
    for path in (film, listed):
        with av.open(str(path)) as container:
            assert container.streams.audio
        with pytest.raises(UnreadableAudio, match="it is not audio"):
            probe(path)


def test_a_zip_and_a_picture_are_not_audio(tmp_path):
    archive = tmp_path / "album.mp3"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.txt", "a" * 10_000)
    picture = tmp_path / "cover.flac"
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(buffer, "PNG")
    picture.write_bytes(buffer.getvalue())
    for path in (archive, picture):
        with pytest.raises(UnreadableAudio, match="it is not audio"):
            probe(path)


def test_an_empty_file_and_none(tmp_path):
    (tmp_path / "empty.flac").touch()
    with pytest.raises(UnreadableAudio, match="empty file"):
        probe(tmp_path / "empty.flac")
    with pytest.raises(UnreadableAudio, match="cannot be opened: No such file"):
        probe(tmp_path / "missing.flac")


@pytest.mark.parametrize(
    ("name", "codec", "sample_format"),
    [
        ("a.flac", "flac", "s16"),
        ("a.wav", "pcm_s16le", "s16"),
        ("a.aiff", "pcm_s16be", "s16"),
        ("a.mp3", "libmp3lame", "fltp"),
        ("a.m4a", "alac", "s16p"),
    ],
)
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_file_that_is_cut_off(make_audio, name, codec, sample_format, share):
    path = make_audio(name, codec=codec, sample_format=sample_format, seconds=4)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(UnreadableAudio, match="cut off"):
        probe(path)


def test_damage_in_the_middle_is_told_with_its_place(make_audio):
    path = make_audio(seconds=4)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(64)
    path.write_bytes(content)
    with pytest.raises(UnreadableAudio, match=r"it is damaged after 0:0[12]"):
        probe(path)


def test_a_single_wrong_bit_is_heard(make_audio):
    """A third of these would pass for music, if the frames' checksums were not asked for."""
    path = make_audio(seconds=2)
    whole = path.read_bytes()
    for eighth in range(4, 28):
        content = bytearray(whole)
        content[len(content) * eighth // 32] ^= 1 << eighth % 8
        path.write_bytes(content)
        with pytest.raises(UnreadableAudio, match=r"damaged|cut off"):
            probe(path)


def test_surround_is_refused(make_audio):
    with pytest.raises(UnreadableAudio, match=r"6 channels \(5\.1.*\); mono and stereo"):
        probe(make_audio(layout="5.1"))


def test_a_name_that_says_something_else(make_audio):
    path = make_audio("a.mp3", codec="libmp3lame", sample_format="fltp")
    with pytest.raises(UnreadableAudio, match=r"ends in \.flac, but inside it is MP3"):
        probe(path.rename(path.with_suffix(".flac")))


@pytest.mark.parametrize(
    ("name", "codec", "sample_format"),
    [
        ("a.flac", "flac", "s16"),
        ("a.wav", "pcm_s16le", "s16"),
        ("a.aiff", "pcm_s16be", "s16"),
        ("a.m4a", "alac", "s16p"),
        ("b.m4a", "aac", "fltp"),
        ("a.mp3", "libmp3lame", "fltp"),
        ("a.opus", "libopus", "flt"),
    ],
)
def test_the_sound_is_known_whatever_the_tags(make_audio, name, codec, sample_format):
    path = make_audio(name, codec=codec, sample_format=sample_format, rate=48_000)
    sound = probe(path).sound
    write_tags(path, Tags(title="Harbour", lyrics="la " * 5_000), picture())
    assert probe(path).sound == sound
    other = make_audio(
        f"other {name}", codec=codec, sample_format=sample_format, rate=48_000, wave="0.3*sin(2*PI*100*t)"
    )
    assert probe(other).sound != sound
