"""The same folder again, as it was or changed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storefront.media.digests import sha256
from storefront.media.tagging import write_tags
from storefront.media.tags import Tags
from storefront.models import Album, AlbumSlug, Artist, CatalogueVersion, Edition, EditionState, Job, Track, writing
from storefront.money import Money
from storefront.services.catalogue.importing import Imported, Outcome
from storefront.services.catalogue.publishing import publish
from storefront.services.catalogue.search import search_statements
from storefront.wiring import Wiring
from tests.functional.importing.conftest import NOW, Band, picture

BringIn = Callable[..., Imported]
MakeFiles = Callable[[Imported], None]


def count(session: Session, *tables: type) -> list[int]:
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def found(session: Session, words: str) -> list[str]:
    """The titles of the albums on sale that these words find."""
    statements = search_statements(session.get_bind().dialect.name)
    arguments = {"query": statements.query(words), "limit": 24, "offset": 0}
    return [row.title for row in session.execute(statements.cards, arguments)]


def test_what_did_not_change_is_left_alone(band: Band, bring_in: BringIn, session: Session) -> None:
    band.album("Harbour", "Slack Water")
    first = bring_in(band)
    again = bring_in(band)
    assert (again.outcome, again.album.id, again.edition.id) == (Outcome.UNCHANGED, first.album.id, first.edition.id)
    assert count(session, Album, Artist, AlbumSlug, Edition, Track, Job) == [1, 1, 1, 1, 2, 1]


def test_a_new_price_needs_no_new_files(band: Band, bring_in: BringIn, session: Session) -> None:
    band.album("Harbour")
    first = bring_in(band)
    band.write("album.toml", 'price = "1200"\ncurrency = "JPY"\ndescription = "Nine songs."')
    again = bring_in(band, overwrite=True)
    assert (again.outcome, again.edition.id) == (Outcome.UPDATED, first.edition.id)
    assert (again.album.price, again.album.description) == (Money(1200, "jpy"), "Nine songs.")


def test_what_the_folder_no_longer_says_stays(band: Band, bring_in: BringIn) -> None:
    band.album("Harbour")
    band.write("album.toml", 'price = "9.00"\ncurrency = "EUR"\ndescription = "Nine songs."')
    bring_in(band)
    (band.folder / "album.toml").unlink()
    (band.folder / "cover.png").unlink()
    again = bring_in(band)
    assert again.outcome == Outcome.UNCHANGED
    assert again.album.description == "Nine songs."
    assert again.album.cover_digest


def test_a_draft_whose_music_changed_keeps_one_edition(band: Band, bring_in: BringIn, session: Session) -> None:
    band.album("Harbour")
    first = bring_in(band).edition.public_id
    band.song("02 Slack Water.flac", pitch=330, title="Slack Water", artist="Mara Quist", album="Low Tide", track=2)
    again = bring_in(band)
    assert again.outcome == Outcome.UPDATED
    assert [track.title for track in again.edition.tracks] == ["Harbour", "Slack Water"]
    assert list(session.scalars(select(Edition.public_id))) == [again.edition.public_id]
    assert again.edition.public_id != first
    assert count(session, Album, Track) == [1, 2]


def test_an_album_on_sale_sells_its_old_edition_until_the_new_one_is_made(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session
) -> None:
    band.album("Harbour")
    first = bring_in(band)
    make_files(first)
    publish(session, first.album, NOW)
    band.song("02 Slack Water.flac", pitch=330, title="Slack Water", artist="Mara Quist", album="Low Tide", track=2)
    before = session.scalar(select(CatalogueVersion.version))
    again = bring_in(band)
    assert (again.album.edition_id, again.edition.number) == (first.edition.id, 2)
    assert session.get_one(Edition, first.edition.id).state == EditionState.READY
    assert found(session, "slack") == []
    make_files(again)
    assert session.scalar(select(Album.edition_id).execution_options(populate_existing=True)) == again.edition.id
    assert found(session, "slack") == ["Low Tide"]
    assert session.scalar(select(CatalogueVersion.version)) > (before or 0)
    assert session.scalar(select(func.count(Edition.id))) == 2, "who bought the first one keeps it"


def test_an_older_edition_that_is_ready_last_is_not_the_one_that_is_sold(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session
) -> None:
    band.album("Harbour")
    first = bring_in(band)
    make_files(first)
    band.write("cover.png", picture("#aa3322"))
    second = bring_in(band, overwrite=True)
    make_files(second)
    session.get_one(Edition, first.edition.id).state = EditionState.BUILDING
    session.commit()
    make_files(first)
    assert session.scalar(select(Album.edition_id)) == second.edition.id


def test_a_new_title_keeps_the_old_address(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session
) -> None:
    band.album("Harbour")
    first = bring_in(band)
    make_files(first)
    publish(session, first.album, NOW)
    band.write("album.toml", 'title = "High Tide"\nartist = ["Mara Quist", "Ines Okafor"]')
    again = bring_in(band, overwrite=True)
    assert (again.outcome, again.album.id, again.album.slug) == (Outcome.UPDATED, first.album.id, "high-tide")
    assert set(session.scalars(select(AlbumSlug.slug).where(AlbumSlug.album_id == first.album.id))) == {
        "low-tide",
        "high-tide",
    }
    assert [credited.artist.name for credited in again.album.artists] == ["Mara Quist", "Ines Okafor"]
    assert found(session, "high okafor") == ["High Tide"]
    band.write("album.toml", 'title = "Low Tide"')
    assert bring_in(band, overwrite=True).album.slug == "low-tide", "its own old address is free for it"


def test_files_are_known_by_what_is_in_them(band: Band, bring_in: BringIn, session: Session) -> None:
    """Other names of the files, and another title."""
    for number in (1, 2, 3):
        band.song(f"0{number} Song.wav", pitch=100 * number)
    first = bring_in(band, price=Money(900, "eur"))
    for number in (1, 2, 3):
        (band.folder / f"0{number} Song.wav").rename(band.folder / f"Take {number}.wav")
    band.write("album.toml", 'title = "High Tide"\nartist = "Mara Quist"')
    again = bring_in(band, overwrite=True)
    assert (again.album.id, again.outcome, again.album.title) == (first.album.id, Outcome.UPDATED, "High Tide")
    assert count(session, Album) == [1]


def test_a_deluxe_edition_is_an_album_of_its_own(band: Band, bring_in: BringIn, tmp_path: Path) -> None:
    band.album("Harbour", "Slack Water", "Orbit")
    first = bring_in(band)
    deluxe = Band(tmp_path / "Deluxe")
    deluxe.album("Harbour", "Slack Water", "Orbit", "Demo", album="Low Tide (Deluxe)")
    again = bring_in(deluxe)
    assert (again.outcome, again.album.slug) == (Outcome.CREATED, "low-tide-deluxe")
    shared = [track.master_digest for track in again.edition.tracks][:3]
    assert shared == [track.master_digest for track in first.edition.tracks], "the recordings are stored once"


def test_a_song_of_an_album_may_be_a_single_too(band: Band, bring_in: BringIn, tmp_path: Path) -> None:
    band.album("Harbour", "Slack Water", "Orbit")
    first = bring_in(band)
    single = Band(tmp_path / "Single")
    single.write("01 Harbour.flac", (band.folder / "01 Harbour.flac").read_bytes())
    single.write("album.toml", 'title = "Harbour"\nprice = "1.00"\ncurrency = "EUR"')
    assert bring_in(single).album.id != first.album.id


@pytest.mark.parametrize("overwrite", [False, True])
def test_how_much_may_be_heard_outlives_an_import(
    band: Band, bring_in: BringIn, session: Session, overwrite: bool
) -> None:
    band.album("Harbour", "Slack Water")
    first = bring_in(band)
    with writing(session):
        first.edition.tracks[0].preview_seconds = 0
        first.edition.tracks[1].preview_seconds = 30
    band.song("02 Slack Water.flac", pitch=330, title="Slack", artist="Mara Quist", album="Low Tide", track=2)
    again = bring_in(band, overwrite=overwrite)
    assert again.outcome == Outcome.UPDATED
    assert [track.preview_seconds for track in again.edition.tracks] == [0, 30]


def test_new_tags_in_the_files_are_the_same_album_and_the_same_masters(
    band: Band, bring_in: BringIn, session: Session, wiring: Wiring
) -> None:
    """The title was wrong, and was mended with a tag editor: every file has another digest now."""
    band.album("Harbour", "Slack Water")
    first = bring_in(band)
    masters = [track.master_digest for track in first.edition.tracks]
    for number, title in enumerate(("Harbour", "Slack Water"), 1):
        tags = Tags(title=f"{title}!", artist="Mara Quist", album="High Tide", track=number, date="2026-11-01")
        write_tags(band.folder / f"{number:02} {title}.flac", tags, None)
    assert sha256(band.folder / "01 Harbour.flac") not in masters
    again = bring_in(band, overwrite=True)
    assert (again.album.id, again.outcome, again.album.title) == (first.album.id, Outcome.UPDATED, "High Tide")
    assert [(track.title, track.master_digest) for track in again.edition.tracks] == [
        ("Harbour!", masters[0]),
        ("Slack Water!", masters[1]),
    ]
    assert not wiring.storage.exists(sha256(band.folder / "01 Harbour.flac"))
    assert bring_in(band).outcome == Outcome.UNCHANGED


def test_a_master_that_was_lost_is_replaced_by_the_same_recording(
    band: Band, bring_in: BringIn, wiring: Wiring
) -> None:
    band.album("Harbour")
    wiring.storage.delete(bring_in(band).edition.tracks[0].master_digest)
    write_tags(band.folder / "01 Harbour.flac", Tags(title="Harbour", artist="Mara Quist", album="Low Tide"), None)
    [track] = bring_in(band).edition.tracks
    assert track.master_digest == sha256(band.folder / "01 Harbour.flac")
    assert wiring.storage.exists(track.master_digest)
