"""The demo's catalogue shows what a shop has to cope with, and is written as a band would write it."""

import datetime
import io
import itertools
import re
import tomllib
from decimal import Decimal

import av
import pytest
from PIL import ImageChops, ImageStat

from storefront.demo import STEPS, folders, write_demo
from storefront.demo.albums import ALBUMS
from storefront.media.pictures import check_cover
from storefront.media.probing import probe
from storefront.media.tags import read_tags

TODAY = datetime.date(2026, 11, 24)


def test_what_the_catalogue_holds():
    assert len(ALBUMS) >= 6
    assert len({album.artist for album in ALBUMS}) == 3
    assert {album.currency for album in ALBUMS} == {"EUR", "JPY"}
    assert [album.title for album in ALBUMS if Decimal(album.price) == 0] == ["Interference"]
    assert [album.title for album in ALBUMS if album.release(TODAY) > TODAY] == ["Field Notes 野帳"]
    assert max(len(album.title) for album in ALBUMS) >= 60
    assert {album.master for album in ALBUMS} == {"flac16", "flac24", "wav16"}
    for album in ALBUMS:
        assert 3 <= len(album.titles) == len(album.pieces) <= 5
        assert all(20 <= piece.seconds <= 30 for piece in album.pieces), album.title
    assert sum(len(album.titles) + 1 for album in ALBUMS) == STEPS


@pytest.mark.parametrize("album", ALBUMS, ids=lambda album: album.title)
def test_what_a_band_says_about_its_album(album):
    said = tomllib.loads(folders.album_toml(album, TODAY))
    assert set(said) == {
        "title", "artist", "description", "credits", "price", "currency", "released", "cover_alt",
    }  # fmt: skip
    assert (said["title"], said["artist"], said["description"]) == (album.title, album.artist, album.description)
    assert said["credits"] == list(album.credits)
    assert re.fullmatch(r"\d+\.\d\d|0" if said["currency"] == "EUR" else r"\d+", said["price"])
    assert said["released"] == album.release(TODAY)


def test_every_isrc_is_another_one():
    codes = [
        folders.master_tags(number, track, TODAY).isrc
        for number, album in enumerate(ALBUMS)
        for track in range(1, len(album.titles) + 1)
    ]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", code) for code in codes)


def test_the_covers_are_pictures_and_no_two_are_alike():
    drawn = [album.draw() for album in ALBUMS]
    for cover in drawn:
        buffer = io.BytesIO()
        cover.save(buffer, "PNG", compress_level=1)
        assert (check_cover(buffer.getvalue()).width, check_cover(buffer.getvalue()).height) == (1280, 1280)
    for one, other in itertools.combinations(drawn, 2):
        assert sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) > 60
    assert ALBUMS[0].draw().tobytes() == drawn[0].tobytes()


def test_a_folder_as_a_band_has_it(tmp_path, monkeypatch):
    """The first album only, for time; the others differ in their notes."""
    monkeypatch.setattr(folders, "ALBUMS", ALBUMS[:1])
    steps: list[str] = []

    write_demo(tmp_path, TODAY, steps.append)

    home = tmp_path / "Mara Quist - Low Tide"
    masters = sorted(home.glob("*.flac"))
    names = ("01 Harbour.flac", "02 What the Rain Said.flac", "03 Boathouse.flac", "04 Low Tide.flac")
    assert sorted(path.name for path in home.iterdir()) == [*names, "album.toml", "cover.png"]
    assert sorted(steps) == sorted(["Low Tide: cover", *(f"Low Tide: {title}" for title in ALBUMS[0].titles)])
    for number, path in enumerate(masters, start=1):
        found, tags = probe(path), read_tags(path)
        assert (found.sample_rate, found.channels, found.bit_depth) == (44_100, 2, 16)
        assert found.duration_ms == pytest.approx(1000 * ALBUMS[0].pieces[number - 1].seconds, abs=2)
        assert (tags.title, tags.artist, tags.album) == (ALBUMS[0].titles[number - 1], "Mara Quist", "Low Tide")
        assert (tags.track, tags.track_total, tags.date) == (number, 4, "2026-11-01")
        assert "Jonas Vik: bass" in tags.comment.splitlines()
        assert 0.2 < _highest_sample(path) < 0.9


def _highest_sample(path) -> float:
    highest = 0
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.audio[0]):
            values = memoryview(frame.planes[0]).cast("B")[: 4 * frame.samples].cast("h")
            highest = max(highest, max(values), -min(values))
    return highest / 32_768
