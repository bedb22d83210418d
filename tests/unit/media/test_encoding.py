"""Masters become the formats that are sold, losing nothing that the format can keep."""

import re

import av
import pytest

from storefront.media.encoding import RECIPES, encode
from storefront.media.errors import UnreadableAudio
from storefront.media.formats import FORMATS, Format


def test_every_format_has_a_recipe():
    assert set(FORMATS) == set(RECIPES) == set(Format)


@pytest.mark.parametrize(
    ("name", "codec", "sample_format", "depth"),
    [
        ("m.flac", "flac", "s16", 16),
        ("m.flac", "flac", "s32", 24),
        ("m.wav", "pcm_s16le", "s16", 16),
        ("m.wav", "pcm_s24le", "s32", 24),
        ("m.aiff", "pcm_s24be", "s32", 24),
    ],
)
@pytest.mark.parametrize("layout", ["mono", "stereo"])
def test_flac_is_the_master_bit_by_bit(make_audio, samples, tmp_path, name, codec, sample_format, depth, layout):
    master = make_audio(name, codec=codec, sample_format=sample_format, seconds=1.2345, layout=layout)

    encoded = encode(master, tmp_path / "out.flac", Format.FLAC)

    assert samples(tmp_path / "out.flac") == samples(master)
    assert len(samples(master)[1]) > 44_100
    assert (encoded.bit_depth, encoded.sample_rate) == (depth, 44_100)
    assert abs(encoded.duration_ms - 1234.5) <= 1
    assert encoded.size == (tmp_path / "out.flac").stat().st_size


def test_a_float_master_becomes_24_bit(make_audio, samples, tmp_path):
    master = make_audio("m.wav", codec="pcm_f32le", sample_format="flt")

    assert encode(master, tmp_path / "out.flac", Format.FLAC).bit_depth == 24
    _, data = samples(tmp_path / "out.flac")
    # The third byte of 24 is used: a master squeezed through 16 bits would have zeros there.
    assert len(set(data[1::4])) > 100


def test_flac_keeps_a_high_sample_rate_and_mp3_takes_the_half_of_it(make_audio, tmp_path):
    master = make_audio("m.wav", codec="pcm_s24le", sample_format="s32", rate=96_000)

    assert encode(master, tmp_path / "out.flac", Format.FLAC).sample_rate == 96_000
    assert encode(master, tmp_path / "out.mp3", Format.MP3_V0).sample_rate == 48_000
    assert _length(tmp_path / "out.mp3") == (48_000, 48_000)


@pytest.mark.parametrize("format", [Format.MP3_V0, Format.STREAM])
def test_mp3_is_gapless(make_audio, tmp_path, format):
    """A decoder that reads the Xing header gives back exactly as many samples as the master has."""
    master = make_audio(seconds=1.5)

    encoded = encode(master, tmp_path / "out.mp3", format)

    head = (tmp_path / "out.mp3").read_bytes()[:400]
    assert (b"Xing" in head) is (format is Format.MP3_V0)
    assert (b"Info" in head) is (format is Format.STREAM)
    assert _length(tmp_path / "out.mp3") == (44_100, 66_150)
    assert encoded.bit_depth is None


def test_the_stream_has_a_constant_rate_of_128_kbit(make_audio, tmp_path):
    encoded = encode(make_audio(seconds=4), tmp_path / "out.mp3", Format.STREAM)

    assert encoded.size == pytest.approx(4 * 128_000 / 8, rel=0.03)


def test_the_same_master_gives_the_same_bytes(make_audio, tmp_path):
    master = make_audio()
    for format in Format:
        one, other = tmp_path / f"one-{format}", tmp_path / f"other-{format}"
        encode(master, one, format)
        encode(master, other, format)
        assert one.read_bytes() == other.read_bytes()
        # "Lavf62.12.102" would give other bytes with the next version of FFmpeg.
        assert not re.search(rb"Lav[fc]\d", one.read_bytes())


def test_a_broken_master_leaves_nothing_behind(make_audio, tmp_path):
    master = make_audio(seconds=3)
    whole = master.read_bytes()
    master.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(UnreadableAudio, match="damaged or cut off"):
        encode(master, tmp_path / "out.flac", Format.FLAC)

    assert list(tmp_path.iterdir()) == [master]


def test_an_encoding_that_fails_keeps_what_was_there(make_audio, tmp_path):
    master = make_audio()
    (tmp_path / "out.flac").write_bytes(b"the one before")
    master.write_bytes(b"")

    with pytest.raises(UnreadableAudio, match="empty"):
        encode(master, tmp_path / "out.flac", Format.FLAC)

    assert (tmp_path / "out.flac").read_bytes() == b"the one before"


def _length(path):
    """Return sample rate and number of samples, as another decoder's user would count them."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        return stream.rate, sum(frame.samples for frame in container.decode(stream))
