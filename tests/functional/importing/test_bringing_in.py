"""A band brings a folder: what is in the shop's books and storage afterwards."""

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import AlbumSlug, AlbumState, Artist, EditionState, File, FileKind, Job, Pricing
from storefront.money import Money
from storefront.services.catalogue.importing import Imported, Outcome, Taken
from storefront.services.catalogue.publishing import what_is_missing
from storefront.wiring import Wiring
from tests.functional.importing.conftest import NOW, Band, picture
from tests.support.awkward import sound

BringIn = Callable[..., Imported]


def test_a_tagged_album_is_a_draft_with_all_it_says(
    band: Band, bring_in: BringIn, session: Session, wiring: Wiring
) -> None:
    band.album("Harbour", "Slack Water", label="Harbour Lights", genre="Folk", isrc="NOHLR2600001", lyrics="la\nla")
    imported = bring_in(band)
    album = imported.album
    assert (imported.outcome, imported.problems) == (Outcome.CREATED, [])
    assert (album.title, album.artist_credit, album.slug) == ("Low Tide", "Mara Quist", "low-tide")
    assert (album.state, album.edition_id) == (AlbumState.DRAFT, None)
    assert (album.label, album.genre, album.released, album.release_day) == (
        "Harbour Lights",
        "Folk",
        "2026-11-01",
        date(2026, 11, 1),
    )
    assert album.price == Money(900, "eur")
    assert [credited.artist.name for credited in album.artists] == ["Mara Quist"]
    assert imported.edition.state == EditionState.BUILDING
    assert [(track.disc, track.position, track.title) for track in imported.edition.tracks] == [
        (1, 1, "Harbour"),
        (1, 2, "Slack Water"),
    ]
    track = imported.edition.tracks[0]
    assert (track.duration_ms, track.sample_rate, track.channels, track.bit_depth) == (500, 44_100, 2, 16)
    assert (track.isrc, track.lyrics, track.master_name) == ("NOHLR2600001", "la\nla", "01 Harbour.flac")


def test_masters_and_covers_are_in_the_storage_as_they_came(band: Band, bring_in: BringIn, wiring: Wiring) -> None:
    band.album("Harbour")
    imported = bring_in(band)
    master = (band.folder / "01 Harbour.flac").read_bytes()
    assert imported.edition.tracks[0].master_digest == hashlib.sha256(master).hexdigest()
    with wiring.storage.open(imported.edition.tracks[0].master_digest) as file:
        assert file.read() == master
    album = imported.album
    assert (album.cover_width, album.cover_height) == (400, 400)
    assert album.cover_digest == hashlib.sha256(picture()).hexdigest()
    for width in (320, 640, 1280):
        for extension in ("webp", "jpg"):
            assert wiring.storage.size(f"{album.cover_digest}-{width}.{extension}") > 100
    assert len((album.accent or "").split()) == 4


def test_the_job_that_makes_the_files_is_left_in_the_same_step(band: Band, bring_in: BringIn, session: Session) -> None:
    band.album("Harbour")
    imported = bring_in(band)
    job = session.scalars(select(Job)).one()
    assert (job.kind, job.args, job.due) == ("produce", {"edition": imported.edition.public_id}, NOW)


def test_every_kind_of_master(band: Band, bring_in: BringIn) -> None:
    for name in ("1.wav", "2.aiff", "3.m4a", "4.flac"):
        band.song(name)
    band.write("album.toml", 'artist = "Mara Quist"\nprice = "0"\ncurrency = "JPY"\npricing = "minimum"')
    imported = bring_in(band)
    assert imported.problems == []
    assert [track.bit_depth for track in imported.edition.tracks] == [24, 16, 16, 16]
    assert (imported.album.title, imported.album.price) == ("Low Tide", Money(0, "jpy"))
    assert imported.album.pricing == Pricing.MINIMUM


def test_finished_files_are_sold_as_they_are(
    band: Band, bring_in: BringIn, make_files: Callable[[Imported], None], session: Session
) -> None:
    band.song("1.mp3", title="Harbour", artist="Mara Quist", album="Low Tide", track=1)
    sound(band.folder / "2.m4a", "aac")
    sound(band.folder / "3.opus", "libopus", rate=48_000)
    sound(band.folder / "4.ogg", "vorbis")
    sound(band.folder / "5.flac")
    band.write("cover.png", picture())
    imported = bring_in(band, price=Money(900, "eur"))
    assert imported.problems == []
    assert [track.bit_depth for track in imported.edition.tracks] == [None, None, None, None, 16]
    make_files(imported)
    files = session.scalars(select(File).where(File.kind == FileKind.TRACK).order_by(File.name)).all()
    assert {file.format for file in files} == {"original"}
    assert [file.name.rpartition(".")[2] for file in files] == ["mp3", "m4a", "opus", "ogg", "flac"]
    session.refresh(imported.album)
    assert imported.album.edition_id == imported.edition.id


def test_a_finished_file_beside_its_master_is_left_out(band: Band, bring_in: BringIn) -> None:
    band.song("01 Harbour.flac")
    band.song("01 Harbour.mp3")
    band.song("02 Orbit.mp3")
    imported = bring_in(band, price=Money(900, "eur"))
    assert [track.master_name for track in imported.edition.tracks] == ["01 Harbour.flac", "02 Orbit.mp3"]


def test_the_largest_of_several_covers(band: Band, bring_in: BringIn) -> None:
    small, large = picture("#aa3322", side=400), picture("#2f5d73", side=900)
    band.song("1.flac", title="A", artist="Mara Quist", cover=large)
    band.song("2.flac", title="B", artist="Mara Quist", cover=large)
    band.song("3.flac", title="C", artist="Mara Quist", cover=picture(side=1200))
    band.write("folder.jpg", small)
    band.write("artwork/front.png", picture(side=500))
    band.write("back.png", picture(side=1000))
    imported = bring_in(band, price=Money(900, "eur"))
    assert imported.album.cover_digest == hashlib.sha256(large).hexdigest(), "what most of the tracks carry"
    band.write("cover.png", picture(side=1000))
    assert bring_in(band, overwrite=True).album.cover_width == 1000


@pytest.mark.parametrize("names", [("Low Tide - Artwork.png",), ("Front Cover.png", "Back Cover.png"), ("scan.png",)])
def test_a_cover_by_another_name(band: Band, bring_in: BringIn, names: tuple[str, ...]) -> None:
    band.song("1.flac", title="A", artist="Mara Quist")
    for name in names:
        band.write(name, picture(side=400 + 100 * len(name)))
    imported = bring_in(band, price=Money(900, "eur"))
    assert (imported.problems, imported.album.cover_width) == ([], 400 + 100 * len(names[0]))


def test_lyrics_beside_a_track_are_better_than_those_inside(band: Band, bring_in: BringIn) -> None:
    band.song("01 Harbour.flac", lyrics="inside")
    band.write("01 Harbour.lrc", "[ar:Mara Quist]\n[00:12.00]Slack <00:13.50>water\n\n[00:17.20][01:02.20]Low tide\n")
    band.song("02 Orbit.flac", lyrics="inside")
    band.song("03 Café.flac")
    band.write("03 Café.txt", "Un café noir".encode("cp1252"))
    imported = bring_in(band, price=Money(900, "eur"))
    assert [track.lyrics for track in imported.edition.tracks] == ["Slack water\n\nLow tide", "inside", "Un café noir"]
    assert Taken("lyrics of 2", "texts beside the files") in imported.taken
    assert Taken("lyrics of 1", "the tags") in imported.taken


def test_names_of_files_and_folder_where_tags_are_silent(tmp_path: Path, bring_in: BringIn) -> None:
    band = Band(tmp_path / "Mara Quist - Low Tide (2019) [WAV]")
    for name in ("Mara Quist - Low Tide - 01 Harbour.wav", "Mara Quist - Low Tide - 02 Slack Water.wav"):
        band.song(name)
    imported = bring_in(band, price=Money(900, "eur"))
    assert (imported.album.title, imported.album.artist_credit, imported.album.released) == (
        "Low Tide",
        "Mara Quist",
        "2019",
    )
    assert [track.title for track in imported.edition.tracks] == ["Harbour", "Slack Water"]
    assert Taken("title", "the name of the folder") in imported.taken
    assert Taken("artist", "the names of the files") in imported.taken


def test_a_folder_that_is_called_by_its_kind_has_its_name_above(tmp_path: Path, bring_in: BringIn) -> None:
    (tmp_path / "Low Tide").mkdir()
    band = Band(tmp_path / "Low Tide" / "WAV 24bit")
    band.song("01 Harbour.wav")
    assert bring_in(band, price=Money(900, "eur")).album.title == "Low Tide"


def test_an_album_without_tags_is_called_by_its_names(band: Band, bring_in: BringIn) -> None:
    band.song("01 Harbour.wav")
    band.song("02 Slack_Water.wav")
    imported = bring_in(band, price=Money(900, "eur"))
    assert [track.title for track in imported.edition.tracks] == ["Harbour", "Slack Water"]
    assert (imported.album.title, imported.album.artist_credit) == ("Low Tide", "")
    assert imported.album.released == "2026-11-24", "today, where nobody says when"


def test_a_compilation_credits_everybody(band: Band, bring_in: BringIn, session: Session) -> None:
    band.song("1.flac", title="A", artist="Mara Quist", track=1)
    band.song("2.flac", title="B", artist="野帳", track=2)
    band.write("album.toml", 'title = "Field Notes 野帳"\nprice = "9.00"\ncurrency = "EUR"')
    imported = bring_in(band)
    assert (imported.album.slug, imported.album.artist_credit) == ("field-notes", "Various Artists")
    assert [(c.position, c.artist.name, c.artist.slug) for c in imported.album.artists] == [
        (1, "Mara Quist", "mara-quist"),
        (2, "野帳", "野帳"),
    ]


def test_two_discs(band: Band, bring_in: BringIn) -> None:
    for disc in (1, 2):
        band.song(f"CD {disc}/01 Harbour.flac", title=f"Harbour {disc}", artist="Mara Quist", track=1)
    band.write("album.toml", 'price = "9.00"\ncurrency = "EUR"')
    tracks = bring_in(band).edition.tracks
    assert [(track.disc, track.position, track.title) for track in tracks] == [(1, 1, "Harbour 1"), (2, 1, "Harbour 2")]


@pytest.mark.parametrize("where", ["folder.jpg", "Cover.PNG", "inside"])
def test_where_a_cover_may_be(band: Band, bring_in: BringIn, where: str) -> None:
    drawn = picture("#aa3322", format="JPEG" if where.endswith("jpg") else "PNG")
    band.song("1.flac", title="A", artist="Mara Quist", cover=drawn if where == "inside" else None)
    if where != "inside":
        band.write(where, drawn)
    album = bring_in(band, price=Money(900, "eur")).album
    assert album.cover_digest == hashlib.sha256(drawn).hexdigest()


def test_two_albums_of_one_title_have_addresses_of_their_own(
    tmp_path: Path, bring_in: BringIn, session: Session
) -> None:
    slugs = []
    for artist in ("Mara Quist", "Mara   Quist!", "mara-quist"):
        band = Band(tmp_path / str(len(slugs)))
        tags = {"title": "Harbour", "artist": artist, "album": "Low Tide"}
        band.song("01 Harbour.flac", pitch=200 + 20 * len(slugs), **tags)
        slugs.append(bring_in(band, price=Money(900, "eur")).album.slug)
    assert slugs == ["low-tide", "low-tide-2", "low-tide-3"]
    assert set(session.scalars(select(AlbumSlug.slug))) == set(slugs)
    assert set(session.scalars(select(Artist.slug))) == {"mara-quist", "mara-quist-2", "mara-quist-3"}


def test_nobody_says_what_it_costs_so_the_draft_has_no_price(band: Band, bring_in: BringIn, session: Session) -> None:
    band.album("Harbour")
    band.write("album.toml", 'genre = "Folk"')
    album = bring_in(band).album
    assert (album.state, album.price_so_far) == (AlbumState.DRAFT, None)
    assert [sentence for sentence in what_is_missing(session, album) if "price" in sentence] == [
        "It has no price: name one in its editor or in album.toml, 0 for free."
    ]
    band.write("album.toml", 'price = "0"\ncurrency = "EUR"')
    assert bring_in(band).album.price_so_far == Money(0, "eur")
    band.write("album.toml", 'genre = "Folk"')
    assert bring_in(band).album.price_so_far == Money(0, "eur"), "what nobody says stays"


def test_no_transaction_is_open_while_files_are_stored(
    band: Band, bring_in: BringIn, session: Session, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    band.album("Harbour")
    bring_in(band)
    seen: list[bool] = []
    put = type(wiring.storage)._put
    monkeypatch.setattr(type(wiring.storage), "_put", lambda *args: (seen.append(session.in_transaction()), put(*args)))
    bring_in(band)
    assert len(seen) == 8, "a master, a cover and its six renditions"
    assert not any(seen)
