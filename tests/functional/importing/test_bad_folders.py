"""What cannot be used is named, file by file, and nothing else is lost for it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storefront.models import Album, Artist, Job, Track
from storefront.money import Money
from storefront.services.catalogue import editions
from storefront.services.catalogue.importing import BadAlbumFile, Imported, ImportRefused
from tests.functional.importing.conftest import Band, picture

BringIn = Callable[..., Imported]
PRICE = Money(900, "eur")


def test_broken_files_among_good_ones(band: Band, bring_in: BringIn) -> None:
    band.album("Harbour", "Slack Water")
    whole = (band.folder / "01 Harbour.flac").read_bytes()
    band.write("03 Cut.flac", whole[: len(whole) // 2])
    band.write("04 Empty.wav", b"")
    band.write("05 Text.flac", "this is no music")
    band.write("06 Picture.flac", picture())
    band.write("07 Film.mp4", b"\0\0\0\x18ftypmp42")
    band.write("08 Other.ape", b"MAC ")
    os.mkfifo(band.folder / "09 Pipe.flac")
    band.song("Bonus/10 Extra.flac")
    imported = bring_in(band)
    assert [track.title for track in imported.edition.tracks] == ["Harbour", "Slack Water"]
    reasons = {problem.file: problem.reason for problem in imported.problems}
    assert list(reasons) == [
        "03 Cut.flac",
        "04 Empty.wav",
        "05 Text.flac",
        "06 Picture.flac",
        "07 Film.mp4",
        "08 Other.ape",
        "09 Pipe.flac",
        "Bonus/",
    ]
    assert "cut off" in reasons["03 Cut.flac"]
    assert "empty" in reasons["04 Empty.wav"]
    assert "not audio" in reasons["05 Text.flac"]
    assert "not audio" in reasons["06 Picture.flac"]
    assert "damaged or cut off" in reasons["07 Film.mp4"]
    assert "of a kind that is not read here" in reasons["08 Other.ape"]
    assert "not a file" in reasons["09 Pipe.flac"]
    assert str(imported.problems[1]) == "04 Empty.wav cannot be used: it is an empty file"


def test_a_mended_file_joins_the_album(band: Band, bring_in: BringIn, session: Session) -> None:
    band.album("Harbour", "Slack Water")
    good = (band.folder / "02 Slack Water.flac").read_bytes()
    band.write("02 Slack Water.flac", b"")
    assert [track.position for track in bring_in(band).edition.tracks] == [1]
    band.write("02 Slack Water.flac", good)
    again = bring_in(band)
    assert ([track.position for track in again.edition.tracks], again.problems) == ([1, 2], [])
    assert session.scalar(select(func.count(Album.id))) == 1


def test_nothing_good_is_a_refusal_with_every_reason(band: Band, bring_in: BringIn, session: Session) -> None:
    band.write("1.flac", b"")
    band.write("2.flac", b"text")
    with pytest.raises(ImportRefused) as refused:
        bring_in(band, price=PRICE)
    assert [sentence.split(" cannot")[0] for sentence in refused.value.problems] == [
        "Low Tide/1.flac",
        "Low Tide/2.flac",
    ]
    assert session.scalar(select(func.count(Album.id))) == 0


@pytest.mark.parametrize("price", ['"0.001"', "1e400", '"free"', '"-9"'])
def test_a_bad_price_imports_nothing(
    band: Band, bring_in: BringIn, session: Session, tmp_path: Path, price: str
) -> None:
    band.album("Harbour")
    band.write("album.toml", f'price = {price}\ncurrency = "EUR"')
    with pytest.raises(BadAlbumFile) as refused:
        bring_in(band)
    [sentence] = refused.value.problems
    assert sentence.startswith("Low Tide/album.toml: price: ")
    assert [session.scalar(select(func.count()).select_from(table)) for table in (Album, Artist, Job)] == [0, 0, 0]
    assert list((tmp_path / "files").iterdir()) == []


def test_a_bad_price_leaves_an_album_that_is_there_as_it_was(band: Band, bring_in: BringIn, session: Session) -> None:
    band.album("Harbour")
    bring_in(band)
    band.write("album.toml", 'title = "Changed"\nprice = "9.999"\ncurrency = "EUR"')
    with pytest.raises(BadAlbumFile):
        bring_in(band)
    session.expire_all()
    album = session.scalars(select(Album)).one()
    assert (album.title, album.price) == ("Low Tide", PRICE)


@pytest.mark.parametrize("data", [b"", b"GIF89a", picture()[:200], picture(side=12_001)])
def test_a_cover_that_cannot_be_used_is_named_and_the_next_one_taken(
    band: Band, bring_in: BringIn, data: bytes
) -> None:
    band.song("1.flac", title="A", artist="Mara Quist", cover=picture())
    band.write("cover.jpg", data)
    imported = bring_in(band, price=PRICE)
    assert [problem.file for problem in imported.problems] == ["cover.jpg"]
    assert imported.album.cover_digest


def test_an_album_without_any_cover_is_a_draft_all_the_same(band: Band, bring_in: BringIn) -> None:
    band.song("1.flac", title="A", artist="Mara Quist")
    imported = bring_in(band, price=PRICE)
    assert (imported.problems, imported.album.cover_digest) == ([], None)


def test_hostile_names_and_tags(band: Band, bring_in: BringIn) -> None:
    bad = "<script>alert(1)</script>\u202e' OR 1=1; --\n\x07" + "x" * 2000
    band.song("01 ;rm -rf ~ $(id) `id` %s {0}.flac", title=bad, artist=bad, album=bad, label=bad, isrc=bad, date="9999")
    band.song("02 ﷽ 👩‍👩‍👧 'quoted' \\ .flac", title="../../etc/passwd", artist=bad, album=bad)
    imported = bring_in(band, price=PRICE)
    album = imported.album
    assert imported.problems == []
    assert album.title.startswith("<script>alert(1)</script>' OR 1=1; --")
    assert len(album.title) <= 500
    assert "\u202e" not in album.title + album.artist_credit
    assert album.slug == "script-alert-1-script-or-1-1"
    assert [track.title[:10] for track in imported.edition.tracks] == ["<script>al", "../../etc/"]


def test_a_name_that_is_not_unicode(band: Band, bring_in: BringIn) -> None:
    song = band.song("song.flac")
    os.rename(song, os.path.join(os.fsencode(band.folder), b"01 \xff\xfe.flac"))
    imported = bring_in(band, price=PRICE)
    [track] = imported.edition.tracks
    assert (track.title, track.master_name) == ("Track 1", "01 .flac")


def test_more_tracks_than_an_album_has(
    band: Band, bring_in: BringIn, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one folder, and in one that comes again with others."""
    monkeypatch.setattr(editions, "MOST_TRACKS", 2)
    band.album("Harbour", "Slack Water", "Orbit")
    with pytest.raises(ImportRefused, match="Low Tide: An album has at most 2 tracks, and this one would have 3"):
        bring_in(band)
    (band.folder / "03 Orbit.flac").rename(band.folder.parent / "later.flac")
    bring_in(band)
    (band.folder / "02 Slack Water.flac").unlink()
    (band.folder.parent / "later.flac").rename(band.folder / "03 Orbit.flac")
    with pytest.raises(ImportRefused, match="would have 3"):
        bring_in(band)
    assert len(session.scalars(select(Track)).all()) == 2
