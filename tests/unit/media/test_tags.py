"""Tags and covers, read back by another reader than the one that wrote them."""

import dataclasses
import io
import random

import mediafile
import pytest
from PIL import Image
from tinytag import TinyTag

from storefront.media.encoding import encode
from storefront.media.formats import FORMATS, Format
from storefront.media.probing import probe
from storefront.media.tagging import write_tags
from storefront.media.tags import MAX_TEXT, Tags, read_tags

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
