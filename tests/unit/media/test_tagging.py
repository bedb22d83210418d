"""Tags, covers and gains in every format, read back by other readers than what wrote them."""

import dataclasses
import io
import shutil

import mutagen
import pytest
from PIL import Image
from tinytag import TinyTag

from storefront.media.encoding import encode
from storefront.media.formats import FOR_LOSSLESS_MASTERS, FORMATS, Format
from storefront.media.loudness import Level, Loudness
from storefront.media.probing import probe
from storefront.media.tagging import clear_tags, write_tags
from storefront.media.tags import Tags, read_tags

TAGS = Tags(
    title="Field Notes 野帳",
    artist="Ines Okafor",
    album="Ça va — “naïve”",
    album_artist="Ines Okafor & Friends",
    track=3,
    track_total=9,
    disc=1,
    disc_total=2,
    date="2026-11-01",
    isrc="NOHL12600003",
    lyrics="First line\nSecond line",
    composer="I. Okafor",
    genre="Ambient",
    label="Harbour Lights Records",
    copyright="© 2026 Harbour Lights Records",
    comment="Recorded by M. Quist\nMixed at night",
)

LOUDNESS = Loudness(Level(-14.25, 0.98765), Level(-12.5, 1.0))

OTHER_TAGS = Tags(title="A title that is a good deal longer than the one above " * 3, lyrics="la " * 500)


def cover(colour: str = "teal", side: int = 300) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture(params=FOR_LOSSLESS_MASTERS)
def made(request, make_audio, tmp_path):
    """A file of each format that is sold."""
    path = tmp_path / f"made.{FORMATS[request.param].extension}"
    encode(make_audio(seconds=0.5), path, request.param)
    return path


def test_what_is_written_is_read_by_others(made):
    write_tags(made, TAGS, cover(), LOUDNESS)

    other = TinyTag.get(made, image=True)
    assert (other.title, other.artist, other.album) == (TAGS.title, TAGS.artist, TAGS.album)
    assert (other.albumartist, other.composer, other.genre) == (TAGS.album_artist, TAGS.composer, TAGS.genre)
    assert (other.track, other.track_total, other.disc, other.disc_total) == (3, 9, 1, 2)
    assert other.year == "2026-11-01"
    assert other.comment == TAGS.comment
    assert other.other["isrc"] == [TAGS.isrc]
    assert other.other["copyright"] == [TAGS.copyright]
    assert other.other["lyrics"] == [TAGS.lyrics]
    assert other.images.front_cover.data == cover()
    assert other.duration == pytest.approx(0.5, abs=0.05)
    assert read_tags(made) == dataclasses.replace(TAGS, cover=cover())


def test_gains_are_relative_to_what_the_format_says(made):
    write_tags(made, TAGS, None, LOUDNESS)

    told = TinyTag.get(made).other
    if made.suffix == ".opus":
        # Q7.8, to -23 LUFS (RFC 7845 §5.2.1): -23 + 14.25 = -8.75, -23 + 12.5 = -10.5.
        assert (told["r128_track_gain"], told["r128_album_gain"]) == (["-2240"], ["-2688"])
        assert not [name for name in told if name.startswith("replaygain")]
    else:
        assert (told["replaygain_track_gain"], told["replaygain_album_gain"]) == (["-3.75 dB"], ["-5.50 dB"])
        assert (told["replaygain_track_peak"], told["replaygain_album_peak"]) == (["0.987650"], ["1.000000"])


def test_silence_has_no_gain(made):
    write_tags(made, TAGS, None, Loudness(None, None))
    assert not [name for name in TinyTag.get(made).other if "gain" in name]


def test_tags_leave_the_sound_alone(made, samples):
    before = samples(made)
    write_tags(made, TAGS, cover(), LOUDNESS)
    assert samples(made) == before
    clear_tags(made)
    assert samples(made) == before


def test_writing_replaces_what_was_there(made):
    write_tags(made, TAGS, cover(), LOUDNESS)
    write_tags(made, Tags(title="Only this", date="2026"), None)
    assert read_tags(made) == Tags(title="Only this", date="2026")


def test_a_copy_with_its_tags_changed_is_the_same_as_one_made_anew(made, tmp_path):
    """So that it does not matter whether an edition's files were encoded for it or taken from the one before."""
    copy = shutil.copy(made, tmp_path / f"copy{made.suffix}")
    write_tags(copy, OTHER_TAGS, cover("red", 900), Loudness(Level(-20.0, 0.1), None))
    clear_tags(copy)
    write_tags(copy, TAGS, cover(), LOUDNESS)
    write_tags(made, TAGS, cover(), LOUDNESS)
    assert copy.read_bytes() == made.read_bytes()


def test_clearing_leaves_nothing_but_the_exact_length(made):
    write_tags(made, TAGS, cover(), LOUDNESS)
    length = made.suffix == ".m4a" and mutagen.File(made).tags.get("----:com.apple.iTunes:iTunSMPB")

    clear_tags(made)

    assert read_tags(made) == Tags()
    left = mutagen.File(made).tags or {}
    assert dict(left) == ({"----:com.apple.iTunes:iTunSMPB": length} if length else {})
    for word in (b"Okafor", b"Harbour", cover()[:200]):
        assert word not in made.read_bytes()


def test_clearing_an_mp3_takes_all_its_kinds_of_tags(make_audio, tmp_path):
    path = tmp_path / "bought.mp3"
    encode(make_audio(), path, Format.MP3_V0)
    write_tags(path, TAGS, None)
    tags = mutagen.File(path).tags
    tags.add(mutagen.id3.PRIV(owner="www.example.com", data=b"buyer@example.com"))
    tags.save(path, v1=2)
    ape = mutagen.apev2.APEv2()
    ape["Buyer"] = "buyer@example.com"
    ape.save(path)

    clear_tags(path)

    assert b"buyer@example.com" not in path.read_bytes()
    assert path.read_bytes()[-128:-125] != b"TAG"
    assert probe(path).duration_ms == 1000


def test_a_wav_has_riff_info_too(make_audio, tmp_path):
    path = tmp_path / "out.wav"
    encode(make_audio(), path, Format.WAV)
    write_tags(path, TAGS, cover())

    info = riff_info(path)
    assert info[b"INAM"].decode() == TAGS.title
    assert info[b"IART"].decode() == TAGS.artist
    assert info[b"IPRD"].decode() == TAGS.album
    assert info[b"ITRK"] == b"3"
    assert info[b"ICRD"] == b"2026-11-01"


def test_riff_info_of_a_master_is_made_void_wherever_it_stands(make_audio, samples, tmp_path):
    """Its program may have written it before the sound."""
    path = make_audio("m.wav", codec="pcm_s16le")
    sound, data = samples(path), path.read_bytes()
    old = b"INFO" + b"IART" + (6).to_bytes(4, "little") + b"Nobody"
    data = data[:12] + b"LIST" + len(old).to_bytes(4, "little") + old + data[12:]
    path.write_bytes(data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:])
    assert riff_info(path)[b"IART"] == b"Nobody"

    write_tags(path, Tags(title="New"), None)

    assert riff_info(path) == {b"INAM": b"New"}
    assert b"Nobody" not in path.read_bytes()
    assert samples(path) == sound
    assert TinyTag.get(path).artist is None


def riff_info(path):
    """Return what the INFO chunks of a WAV say, by a reader of the test's own; the file's lengths must add up."""
    data, found, at = path.read_bytes(), {}, 12
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    while at < len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"LIST" and data[at + 8 : at + 12] == b"INFO":
            inner = at + 12
            while inner < at + 8 + size:
                length = int.from_bytes(data[inner + 4 : inner + 8], "little")
                found[data[inner : inner + 4]] = data[inner + 8 : inner + 8 + length].rstrip(b"\0")
                inner += 8 + length + length % 2
        at += 8 + size + size % 2
    assert at == len(data)
    return found
