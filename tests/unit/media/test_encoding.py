"""Masters become the formats that are sold, losing nothing that the format can keep."""

import re

import av
import mutagen.mp4
import pytest

from storefront.media.encoding import encode
from storefront.media.errors import UnreadableAudio
from storefront.media.formats import FOR_LOSSLESS_MASTERS, FORMATS, Format
from storefront.media.recipes import RECIPES, nearest_rate

LOSSLESS = [format for format, spec in FORMATS.items() if spec.lossless]


def test_every_format_has_a_recipe():
    assert set(FORMATS) == set(Format)
    assert set(RECIPES) == {*FOR_LOSSLESS_MASTERS, Format.STREAM} == {*Format} - {Format.ORIGINAL}


@pytest.mark.parametrize("format", LOSSLESS)
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
def test_lossless_is_the_master_bit_by_bit(
    make_audio, samples, tmp_path, format, name, codec, sample_format, depth, layout
):
    master = make_audio(name, codec=codec, sample_format=sample_format, seconds=0.7654, layout=layout)
    made = tmp_path / f"out.{FORMATS[format].extension}"

    encoded = encode(master, made, format)

    assert samples(made) == samples(master)
    assert len(samples(master)[1]) > 22_050
    assert (encoded.bit_depth, encoded.sample_rate) == (depth, 44_100)
    assert abs(encoded.duration_ms - 765.4) <= 1
    assert encoded.size == made.stat().st_size
    assert _stored_depth(made) == depth


@pytest.mark.parametrize("format", LOSSLESS)
def test_a_float_master_becomes_24_bit(make_audio, samples, tmp_path, format):
    master = make_audio("m.wav", codec="pcm_f32le", sample_format="flt", seconds=0.2)
    made = tmp_path / f"out.{FORMATS[format].extension}"

    assert encode(master, made, format).bit_depth == 24

    _, data = samples(made)
    # The third byte of 24 is used: a master squeezed through 16 bits would have zeros there.
    assert len(set(data[1::4])) > 100


@pytest.mark.parametrize("format", LOSSLESS)
def test_an_8_bit_master_is_widened_and_stays_what_it_was(make_audio, samples, tmp_path, format):
    master = make_audio("m.wav", codec="pcm_u8", sample_format="u8", rate=8_000)
    made = tmp_path / f"out.{FORMATS[format].extension}"

    encode(master, made, format)

    _, unsigned = samples(master)
    sample_format, data = samples(made)
    assert sample_format == "s16"
    assert memoryview(data).cast("h").tolist() == [(level - 128) * 256 for level in unsigned]


def test_flac_keeps_a_high_sample_rate_and_mp3_takes_the_half_of_it(make_audio, tmp_path):
    master = make_audio("m.wav", codec="pcm_s24le", sample_format="s32", rate=96_000)

    assert encode(master, tmp_path / "out.flac", Format.FLAC).sample_rate == 96_000
    assert encode(master, tmp_path / "out.mp3", Format.MP3_V0).sample_rate == 48_000
    assert _length(tmp_path / "out.mp3") == (48_000, 48_000)


@pytest.mark.parametrize(
    ("master", "made"), [(192_000, 48_000), (176_400, 44_100), (22_050, 44_100), (8_000, 48_000), (37_800, 48_000)]
)
def test_a_sample_rate_stays_in_its_family(master, made):
    assert nearest_rate(master, (44_100, 48_000)) == made


@pytest.mark.parametrize("rate", [8_000, 22_050, 192_000])
@pytest.mark.parametrize("format", [*FOR_LOSSLESS_MASTERS, Format.STREAM])
def test_masters_of_any_sample_rate_become_every_format(make_audio, tmp_path, format, rate):
    made = tmp_path / f"out.{FORMATS[format].extension}"
    encoded = encode(make_audio("m.wav", codec="pcm_s16le", rate=rate), made, format)
    assert encoded.duration_ms == 1000
    out_rate, length = _length(made)
    assert out_rate == encoded.sample_rate
    # AAC's last frame is as long as all others: what is sound in it, the header says.
    assert 0 <= length - out_rate <= (1024 if format is Format.AAC_256 else 1)


@pytest.mark.parametrize("format", [Format.MP3_V0, Format.MP3_320, Format.STREAM])
def test_mp3_is_gapless(make_audio, tmp_path, format):
    """A decoder that reads the Xing header gives back exactly as many samples as the master has."""
    encoded = encode(make_audio(seconds=1.5), tmp_path / "out.mp3", format)

    head = (tmp_path / "out.mp3").read_bytes()[:400]
    assert (b"Xing" in head) is (format is Format.MP3_V0)
    assert (b"Info" in head) is (format is not Format.MP3_V0)
    assert b"LAME3.100" in head  # without the name many players do not look for the lengths beside it
    assert _length(tmp_path / "out.mp3") == (44_100, 66_150)
    assert encoded.bit_depth is None


@pytest.mark.parametrize("length", [48_000, 48_001, 71_999])
def test_opus_is_gapless(make_audio, tmp_path, length):
    encode(make_audio(seconds=length / 48_000, rate=48_000), tmp_path / "out.opus", Format.OPUS_128)

    head = (tmp_path / "out.opus").read_bytes()[:100]
    at = head.index(b"OpusHead")
    pre_skip = int.from_bytes(head[at + 10 : at + 12], "little")
    assert pre_skip == 312  # 6.5 ms, libopus's delay
    assert _length(tmp_path / "out.opus") == (48_000, length)


@pytest.mark.parametrize("length", [100, 1023, 1024, 1025, 44_100, 66_151])
def test_aac_says_how_long_it_is_in_its_edit_list_and_in_itunsmpb(make_audio, tmp_path, length):
    path = tmp_path / "out.m4a"
    encode(make_audio(seconds=(length + 0.5) / 44_100), path, Format.AAC_256)

    text = bytes(mutagen.mp4.MP4(path).tags["----:com.apple.iTunes:iTunSMPB"][0]).decode()
    zero, priming, padding, samples = (int(number, 16) for number in text.split()[:4])
    assert (zero, priming, samples) == (0, 1024, length)
    assert (priming + samples + padding) % 1024 == 0
    assert _decoded_with_padding(path) == samples + padding
    data = path.read_bytes()
    at = data.index(b"elst") + 4
    edits, duration, begin = (int.from_bytes(data[at + 4 * n : at + 4 * n + 4], "big") for n in (1, 2, 3))
    assert (edits, duration, begin) == (1, length, 1024)
    assert int.from_bytes(data[data.index(b"mvhd") + 16 :][:4], "big") == 44_100  # the unit of that duration


def test_alac_says_how_long_it_is(make_audio, tmp_path):
    encode(make_audio(seconds=1.2345), tmp_path / "out.m4a", Format.ALAC)
    assert _length(tmp_path / "out.m4a") == (44_100, 54_441)


def test_the_stream_has_a_constant_rate_of_128_kbit(make_audio, tmp_path):
    encoded = encode(make_audio(seconds=4), tmp_path / "out.mp3", Format.STREAM)

    assert encoded.size == pytest.approx(4 * 128_000 / 8, rel=0.03)


def test_the_same_master_gives_the_same_bytes(make_audio, tmp_path):
    master = make_audio()
    for format in RECIPES:
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


def _decoded_with_padding(path):
    """Return the number of samples of all frames but the encoder's delay."""
    with av.open(str(path)) as container:
        return sum(frame.samples for frame in container.decode(audio=0))


def _stored_depth(path):
    """Return the bits per sample that the file's own header states."""
    data = path.read_bytes()
    if path.suffix == ".flac":
        return ((data[20] & 1) << 4 | data[21] >> 4) + 1
    if path.suffix == ".m4a":
        return data[data.index(b"alac", data.index(b"alac") + 4) + 13]
    at = data.index(b"fmt ") + 22 if path.suffix == ".wav" else data.index(b"COMM") + 15
    return data[at]
