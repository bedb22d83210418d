"""Files that are sold as they were delivered: the same sound, none of the tags that they came with."""

import av
import pytest

from storefront.media.originals import copy_original
from storefront.media.tagging import write_tags
from storefront.media.tags import Tags, read_tags

KINDS = [
    ("a.mp3", "libmp3lame", "fltp", "mp3"),
    ("a.m4a", "aac", "fltp", "m4a"),
    ("a.mp4", "alac", "s16p", "m4a"),
    ("a.opus", "libopus", "flt", "opus"),
    ("a.flac", "flac", "s32", "flac"),
    ("a.wave", "pcm_s24le", "s32", "wav"),
    ("a.aif", "pcm_s16be", "s16", "aiff"),
]


def packets(path):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


@pytest.mark.parametrize(("name", "codec", "sample_format", "extension"), KINDS)
def test_the_sound_is_copied_as_it_is(make_audio, tmp_path, name, codec, sample_format, extension):
    container = {"aif": "aiff", "wave": "wav"}.get(name.split(".")[1], name.split(".")[1])
    made = make_audio(f"m.{container}", codec=codec, sample_format=sample_format, rate=48_000)
    write_tags(made, Tags(title="From elsewhere", comment="bought by buyer@example.com"), None)
    master = made.rename(tmp_path / name)
    (tmp_path / "copies").mkdir()

    copy = copy_original(master, tmp_path / "copies")

    assert copy.suffix == f".{extension}"
    assert packets(copy) == packets(master)
    assert read_tags(copy) == Tags()
    assert b"buyer@example.com" not in copy.read_bytes()
    assert read_tags(master).title == "From elsewhere"
    write_tags(copy, Tags(title="Ours"), None)
    assert read_tags(copy) == Tags(title="Ours")


def test_bare_aac_is_put_into_an_m4a(make_audio, tmp_path):
    master = make_audio("m.aac", codec="aac", sample_format="fltp")
    (tmp_path / "copies").mkdir()

    copy = copy_original(master, tmp_path / "copies")

    assert copy.suffix == ".m4a"
    bare = [packet[7:] for packet in packets(master)]  # without ADTS's headers
    assert packets(copy) == bare
    write_tags(copy, Tags(title="Ours"), None)
    assert read_tags(copy).title == "Ours"


@pytest.mark.parametrize(("name", "codec"), [("m.w64", "pcm_s16le"), ("m.oga", "flac")])
def test_lossless_sound_that_takes_no_tags_becomes_flac(make_audio, samples, tmp_path, name, codec):
    master = make_audio(name, codec=codec)
    (tmp_path / "copies").mkdir()

    copy = copy_original(master, tmp_path / "copies")

    assert copy.suffix == ".flac"
    assert samples(copy) == samples(master)
