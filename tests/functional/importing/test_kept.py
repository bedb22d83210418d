"""A folder that comes again after its album was edited: the owner's words stay, and the import says so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import Album, Pricing
from storefront.money import Money
from storefront.services.catalogue.editing.drafts import AlbumDraft, draft_of
from storefront.services.catalogue.editing.saving import save_draft
from storefront.services.catalogue.importing import Imported, Outcome
from storefront.wiring import Wiring
from tests.functional.importing.conftest import Band, picture
from tests.functional.importing.test_commands import Storefront, storefront

__all__ = ["storefront"]

BringIn = Callable[..., Imported]
MakeFiles = Callable[[Imported], None]

WORDS = 'price = "9.00"\ncurrency = "EUR"\ndescription = "Nine songs."\ncredits = ["Mara"]\nlabel = "Harbour Lights"\n'
EDITED = {
    "title": "Low Tide (Live)",
    "artist_credit": "Mara Quist & Band",
    "artists": ("Mara Quist",),
    "description": "By hand.",
    "credits": "Ines",
    "label": "Other Lights",
    "released": "2025",
    "cover_alt": "A pier",
    "price": Money(1200, "usd"),
    "pricing": Pricing.MINIMUM,
}


def edit(session: Session, album: Album, **words: Any) -> AlbumDraft:
    """Saves these as the editor does; the album as it is then."""
    session.expire_all()
    draft = replace(draft_of(session, album), **words)
    save_draft(session, album, draft, album.updated, album.updated + timedelta(seconds=1))
    return draft_of(session, album)


def tracks_of(imported: Imported) -> list[tuple[int, str]]:
    return [(track.position, track.title) for track in imported.edition.tracks]


def test_what_was_typed_stays_and_is_named(band: Band, bring_in: BringIn, session: Session) -> None:
    band.album("Harbour", "Slack Water")
    band.write("album.toml", WORDS)
    first = bring_in(band)
    before = draft_of(session, first.album)
    harbour = replace(before.tracks[0], title="Harbour at Night", lyrics="La", isrc="GBAYE6900123")
    mine = edit(session, first.album, **EDITED, tracks=(before.tracks[1], harbour))
    again = bring_in(band)
    session.expire_all()
    assert draft_of(session, again.album) == mine
    assert (again.outcome, again.album.id) == (Outcome.UNCHANGED, first.album.id)
    assert set(again.kept) == {
        "title", "artist", "label", "description", "credits", "release date", "price", "titles", "order of the tracks",
    }  # fmt: skip
    bring_in(band, overwrite=True)
    session.expire_all()
    overwritten = draft_of(session, again.album)
    assert overwritten.title == "Low Tide"
    assert (overwritten.price, overwritten.description) == (Money(900, "eur"), "Nine songs.")
    assert [track.title for track in overwritten.tracks] == ["Harbour", "Slack Water"]


def test_what_the_album_does_not_say_the_folder_fills_in(band: Band, bring_in: BringIn, session: Session) -> None:
    band.album("Harbour")
    first = bring_in(band)
    edit(session, first.album, title="Harbour Songs")
    band.write("album.toml", WORDS)
    band.write("01 Harbour.txt", "The words of the song")
    again = bring_in(band)
    assert (again.album.title, again.album.description, again.album.label) == (
        "Harbour Songs",
        "Nine songs.",
        "Harbour Lights",
    )
    assert [track.lyrics for track in again.edition.tracks] == ["The words of the song"]
    assert again.kept == ("title",)


def test_another_master_takes_the_tracks_place_under_its_words(band: Band, bring_in: BringIn, session: Session) -> None:
    band.album("Harbour", "Slack Water")
    first = bring_in(band)
    before = draft_of(session, first.album)
    edit(session, first.album, tracks=(replace(before.tracks[0], title="By hand"), before.tracks[1]))
    old = [track.master_digest for track in bring_in(band).edition.tracks]
    band.song("01 Harbour.flac", pitch=333, title="Harbour", artist="Mara Quist", album="Low Tide", track=1)
    band.song("02 Slack Water.flac", pitch=444, title="Slack Water", artist="Mara Quist", album="Low Tide", track=2)
    again = bring_in(band)
    assert tracks_of(again) == [(1, "By hand"), (2, "Slack Water")]
    assert not set(old) & {track.master_digest for track in again.edition.tracks}


def test_a_new_song_comes_where_it_is_in_the_folder_and_other_music_stays(
    band: Band, bring_in: BringIn, session: Session, make_files: MakeFiles, wiring: Wiring
) -> None:
    """What was taken off stays off, and what the folder has no more is not lost for it."""
    band.album("Harbour", "Slack Water", "Orbit")
    first = bring_in(band)
    make_files(first)
    before = draft_of(session, first.album)
    edit(session, first.album, tracks=(before.tracks[0], before.tracks[2]))
    (band.folder / "01 Harbour.flac").unlink()
    band.song("04 Late.flac", pitch=777, title="Late", artist="Mara Quist", album="Low Tide", track=4)
    band.song("02a Between.flac", pitch=888, title="Between", artist="Mara Quist", album="Low Tide", track=3)
    band.song("03 Orbit.flac", pitch=330, title="Orbit", artist="Mara Quist", album="Low Tide", track=3)
    again = bring_in(band)
    titles = [title for _, title in tracks_of(again)]
    assert "Slack Water" not in titles
    assert {"Harbour", "Orbit", "Late", "Between"} == set(titles)
    assert titles.index("Orbit") < titles.index("Late")
    assert [number for number, _ in tracks_of(again)] == [1, 2, 3, 4]
    assert "Slack Water, which was taken off," in again.kept
    assert "Harbour, which is not in the folder," in again.kept


def test_what_was_taken_off_a_draft_before_its_files_were_made_stays_off(
    band: Band, bring_in: BringIn, session: Session
) -> None:
    band.album("Harbour", "Slack Water")
    before = draft_of(session, bring_in(band).album)
    edit(session, session.scalars(select(Album)).one(), tracks=before.tracks[:1])
    again = bring_in(band)
    assert [title for _, title in tracks_of(again)] == ["Harbour"]
    assert "Slack Water, which was taken off," in again.kept
    everything = bring_in(band, overwrite=True)
    assert [title for _, title in tracks_of(everything)] == ["Harbour", "Slack Water"]
    assert [title for _, title in tracks_of(bring_in(band))] == ["Harbour", "Slack Water"]


def test_a_cover_by_hand_stays(band: Band, bring_in: BringIn) -> None:
    band.album("Harbour")
    first = bring_in(band).album.cover_digest
    band.write("cover.png", picture("#aa3322"))
    again = bring_in(band)
    assert (again.album.cover_digest, again.kept) == (first, ("cover",))
    assert bring_in(band, overwrite=True).album.cover_digest != first


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_the_command_says_what_it_kept(
    storefront: Storefront, band: Band, session: Session, options: list[str]
) -> None:
    band.album("Harbour")
    storefront("import", str(band.folder))
    edit(session, session.scalars(select(Album)).one(), description="By hand.", price=Money(1200, "eur"))
    band.write("album.toml", WORDS)
    said = storefront("import", *options, str(band.folder)).output
    assert "kept yours: description, price (--overwrite takes the folder's)" in said
    assert session.scalar(select(Album.description)) == "By hand."
    if not options:
        assert "kept" not in storefront("import", "--overwrite", str(band.folder)).output
        session.commit()
        assert session.scalar(select(Album.description)) == "Nine songs."
