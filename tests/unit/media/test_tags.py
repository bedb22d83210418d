"""Tags and covers, read back by another reader than the one that wrote them."""

import dataclasses
import io
import random
from pathlib import Path

import mediafile
import pytest
from PIL import Image
from tinytag import TinyTag

from storefront.media.encoding import encode
from storefront.media.formats import FORMATS, Format
from storefront.media.probing import probe
from storefront.media.tagging import write_tags
from storefront.media.tags import MAX_TEXT, Tags, read_tags
from tests.support.awkward import chunk, id3v1, id3v2, info, picture, sound, wav

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


def cover(colour: str = "teal") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 300), colour).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize("format", [Format.FLAC, Format.MP3_V0])
def test_what_is_written_is_read_by_others(make_audio, tmp_path, format):
    path = tmp_path / f"out.{FORMATS[format].extension}"
    encode(make_audio(), path, format)

    write_tags(path, TAGS, cover())

    other = TinyTag.get(path, image=True)
    assert (other.title, other.artist, other.album) == (TAGS.title, TAGS.artist, TAGS.album)
    assert (other.albumartist, other.composer, other.genre) == (TAGS.album_artist, TAGS.composer, TAGS.genre)
    assert (other.track, other.track_total, other.disc, other.disc_total) == (3, 9, 1, 2)
    assert other.year == "2026-11-01"
    assert other.comment == TAGS.comment
    assert other.other["isrc"] == [TAGS.isrc]
    assert other.other["copyright"] == [TAGS.copyright]
    assert other.images.front_cover.data == cover()
    assert read_tags(path) == dataclasses.replace(TAGS, cover=cover())


@pytest.mark.parametrize(
    ("name", "codec", "sample_format"),
    [("a.wav", "pcm_s16le", "s16"), ("a.aiff", "pcm_s16be", "s16"), ("a.m4a", "alac", "s16p")],
)
def test_masters_of_other_kinds_keep_tags_too(make_audio, name, codec, sample_format):
    path = make_audio(name, codec=codec, sample_format=sample_format)
    write_tags(path, TAGS, cover())
    assert read_tags(path) == dataclasses.replace(TAGS, cover=cover())
    assert probe(path).duration_ms == 1000


def test_tags_leave_the_sound_alone(make_audio, samples):
    path = make_audio()
    before = samples(path)
    write_tags(path, TAGS, cover())
    assert samples(path) == before


def test_writing_replaces_what_was_there(make_audio):
    path = make_audio()
    write_tags(path, TAGS, cover())
    write_tags(path, Tags(title="Only this", date="2026"), None)
    assert read_tags(path) == Tags(title="Only this", date="2026")


@pytest.mark.parametrize("date", ["", "2026", "2026-11", "2026-11-01"])
def test_dates_of_any_precision(make_audio, date):
    path = make_audio()
    write_tags(path, Tags(date=date), None)
    assert read_tags(path).date == date


def test_text_is_cleaned_and_cut(make_audio):
    path = make_audio()
    file = mediafile.MediaFile(str(path))
    file.title = "a\x00b\x07c\u202ed  e\r\nf"
    file.artist = "x" * 2000
    file.comments = "one\r\ntwo\x1b"
    file.lyrics = "line\n" * 1000
    file.track = 10**6
    file.save()

    tags = read_tags(path)

    assert tags.title == "abcd e f"
    assert tags.artist == "x" * MAX_TEXT
    assert tags.comment == "one\ntwo"
    assert tags.lyrics == ("line\n" * 1000).strip()
    assert tags.track is None


def test_a_file_without_tags_says_nothing(make_audio, tmp_path):
    assert read_tags(make_audio("a.wav", codec="pcm_s16le")) == Tags()
    (tmp_path / "text.flac").write_text("words")
    assert read_tags(tmp_path / "text.flac") == Tags()


@pytest.mark.parametrize("format", [Format.FLAC, Format.MP3_V0])
def test_mutated_tags_never_raise(make_audio, tmp_path, format):
    path = tmp_path / f"out.{FORMATS[format].extension}"
    encode(make_audio(seconds=0.1), path, format)
    write_tags(path, TAGS, cover())
    whole = path.read_bytes()
    chance = random.Random(1)
    for _ in range(150):
        mutant = bytearray(whole)
        for _ in range(chance.randrange(1, 9)):
            mutant[chance.randrange(min(3000, len(mutant)))] = chance.randrange(256)
        path.write_bytes(mutant)
        assert len(read_tags(path).title) <= MAX_TEXT


def mp3(path: Path, *, before: bytes = b"", behind: bytes = b"") -> Tags:
    """What is read of a tone with these bytes around it."""
    bare = sound(path, "libmp3lame", options={"id3v2_version": "0"}).read_bytes()
    path.write_bytes(before + bare + behind)
    return read_tags(path)


def test_id3v1(tmp_path):
    tags = mp3(tmp_path / "a.mp3", behind=id3v1("Café".encode("latin-1"), b"Mara Quist", b"Low Tide", b"2026", 7))
    assert tags == Tags(title="Café", artist="Mara Quist", album="Low Tide", date="2026", track=7)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Café déjà vu".encode("latin-1"), "Café déjà vu"),
        ("“Don’t” – Café".encode("cp1252"), "“Don’t” – Café"),
        ("It’s".encode("cp1252"), "It’s"),
        ("Ça “Ñandú”".encode("cp1252"), "Ça “Ñandú”"),
        ("テスト".encode("cp932"), "テスト"),
        ("東京".encode("cp932"), "東京"),
        ("夜の海 feat. DJ Somebody".encode("cp932"), "夜の海 feat. DJ Somebody"),
        ("夜の海 Café".encode(), "夜の海 Café"),
        (b"Plain", "Plain"),
    ],
)
def test_what_an_id3_tag_says_is_latin_1(tmp_path, raw, text):
    assert mp3(tmp_path / "a.mp3", before=id3v2({b"TIT2": b"\0" + raw})).title == text
    assert mp3(tmp_path / "b.mp3", behind=id3v1(raw[:30])).title == text[: len(raw[:30])]


def test_id3v2_3(tmp_path):
    frames = {
        b"TIT2": b"\1" + "夜の海".encode("utf-16"),
        b"TYER": b"\x002026",
        b"TDAT": b"\x000111",
        b"TRCK": b"\x007/9",
        b"TPOS": b"\x002/2",
        b"TSRC": b"\0NO-HLR-26-00001",
        b"IPLS": b"\0producer\0Ola Berg\0mix\0Ines Okafor\0",
    }
    tags = mp3(tmp_path / "a.mp3", before=id3v2(frames, 3))
    assert (tags.title, tags.date, tags.track, tags.track_total, tags.disc) == ("夜の海", "2026-11-01", 7, 9, 2)
    assert tags.isrc == "NO-HLR-26-00001"
    assert tags.people == (("producer", "Ola Berg"), ("mixer", "Ines Okafor"))


def test_id3v2_4(tmp_path):
    frames = {
        b"TIT2": "\3夜の海".encode(),
        b"TDRC": b"\x032026-11-01T12:00",
        b"TEXT": b"\3Mara Quist",
        b"TIPL": b"\3mixer\0Ines Okafor",
        b"TMCL": b"\3guitar\0Mara Quist\0cello\0Ida Lund",
        b"USLT": b"\3eng\0la la\nla",
    }
    tags = mp3(tmp_path / "a.mp3", before=id3v2(frames, 4))
    assert (tags.title, tags.date, tags.lyrics) == ("夜の海", "2026-11-01", "la la\nla")
    assert tags.people == (
        ("lyricist", "Mara Quist"),
        ("mixer", "Ines Okafor"),
        ("guitar", "Mara Quist"),
        ("cello", "Ida Lund"),
    )


def test_hostile_frames(tmp_path):
    frames = {
        b"TIT2": "\3\u202e../..\x1b[31m".encode(),
        b"TRCK": b"\3-5/0",
        b"TPOS": b"\x0399999999999999999999",
        b"TDRC": b"\x030000-13-45",
        b"TPE1": b"\3" + b"x" * 100_000,
    }
    tags = mp3(tmp_path / "a.mp3", before=id3v2(frames, 4))
    assert tags == Tags(title="../..[31m", artist="x" * MAX_TEXT)


def test_info_of_a_wav(tmp_path):
    texts = {
        b"INAM": "Café".encode("latin-1"),
        b"IART": "テスト".encode("cp932"),
        b"IPRD": b"Low Tide",
        b"ITRK": b"7/9",
        b"ICRD": b"2026-11-01",
        b"IGNR": b"Folk",
        b"ICOP": b"2026 Mara Quist",
        b"ICMT": b"One\r\nTwo",
    }
    # A digital audio workstation writes the day of its bounce into "bext": no date of release.
    bounced = chunk(b"bext", b"Reaper".ljust(320, b"\0") + b"2020-01-01" + bytes(272))
    (tmp_path / "a.wav").write_bytes(wav(bytes(2_000), chunks=bounced + info(texts)))
    assert read_tags(tmp_path / "a.wav") == Tags(
        title="Café",
        artist="テスト",
        album="Low Tide",
        track=7,
        date="2026-11-01",
        genre="Folk",
        copyright="2026 Mara Quist",
        comment="One\nTwo",
    )


def test_an_id3_tag_in_a_wav_is_better_than_its_info(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(bytes(2_000), chunks=info({b"INAM": b"Cut off at thirty charact", b"IGNR": b"Folk"})))
    file = mediafile.MediaFile(str(path))
    file.title = "Cut off at thirty characters"
    file.save()
    assert read_tags(path) == Tags(title="Cut off at thirty characters", genre="Folk")


def test_chunks_that_lie_about_their_length(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(
        wav(bytes(2_000), chunks=chunk(b"LIST", b"INFOINAM\xff\xff\xff\xffHarbour") + b"LIST\xff\xff\xff\xff")
    )
    assert read_tags(path).title == "Harbour"
    path.write_bytes(b"RIFF\0\0\0\0WAVE" + b"JUNK\0\0\0\0" * 5_000)
    assert read_tags(path) == Tags()


def test_aiffs_own_texts(tmp_path):
    whole = sound(tmp_path / "a.aiff", "pcm_s16be").read_bytes()
    name = b"NAME" + (7).to_bytes(4) + b"Harbour\0"
    (tmp_path / "a.aiff").write_bytes(whole[:4] + (len(whole) - 8 + len(name)).to_bytes(4) + whole[8:] + name)
    assert read_tags(tmp_path / "a.aiff") == Tags(title="Harbour")


def test_people_in_vorbis_comments_and_atoms(make_audio):
    flac = mediafile.MediaFile(str(make_audio()))
    flac.mgfile["producer"] = ["Ola Berg", "Ida Lund"]
    flac.mgfile["performer"] = "Mara Quist (guitar)"
    flac.save()
    assert read_tags(Path(flac.path)).people == (
        ("producer", "Ola Berg"),
        ("producer", "Ida Lund"),
        ("performer", "Mara Quist (guitar)"),
    )
    alac = mediafile.MediaFile(str(make_audio("a.m4a", codec="alac", sample_format="s16p")))
    alac.mgfile["----:com.apple.iTunes:ENGINEER"] = [b"Ines Okafor"]
    alac.save()
    assert read_tags(Path(alac.path)).people == (("engineer", "Ines Okafor"),)


def test_the_largest_front_of_several_pictures(make_audio):
    path = make_audio()
    file = mediafile.MediaFile(str(path))
    kinds = ((60, mediafile.ImageType.front), (90, mediafile.ImageType.front), (300, mediafile.ImageType.back))
    file.images = [mediafile.Image(picture(size=(side, side)), type=kind) for side, kind in kinds]
    file.save()
    assert Image.open(io.BytesIO(read_tags(path).cover)).size == (90, 90)


def test_a_cover_of_ten_megabytes(make_audio):
    path = make_audio()
    large = picture("PNG", (2_200, 2_000))
    assert len(large) > 10_000_000
    write_tags(path, Tags(), large)
    assert read_tags(path).cover == large
