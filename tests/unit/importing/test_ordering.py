"""The order of tracks, and what they are called, by tags or by names."""

from pathlib import Path

import pytest

from storefront.media.probing import Probe
from storefront.media.tags import Tags
from storefront.services.catalogue.importing.album_file import AlbumFile
from storefront.services.catalogue.importing.folders import FoundFile
from storefront.services.catalogue.importing.masters import Master
from storefront.services.catalogue.importing.names import FolderName
from storefront.services.catalogue.importing.ordering import in_order
from storefront.services.catalogue.importing.sources import by_source
from storefront.services.catalogue.importing.words import AlbumWords, gather_words

PROBE = Probe("flac", "flac", True, 44_100, 2, 16, 1000)


def master(name: str, disc_folder: int | None = None, **tags) -> Master:
    return Master(FoundFile(Path(name), name, disc_folder), name, PROBE, Tags(**tags))


def places(*masters: Master) -> list[tuple[int, int, str]]:
    return [(track.disc, track.position, track.master.file.name) for track in in_order(masters)]


def words(*masters: Master, said: AlbumFile | None = None) -> AlbumWords:
    return gather_words(FolderName("", "A Folder", ""), said or AlbumFile(), in_order(masters))


def test_tags_decide() -> None:
    assert places(master("01 a.flac", track=2), master("02 b.flac", track=1)) == [
        (1, 1, "02 b.flac"),
        (1, 2, "01 a.flac"),
    ]


def test_a_gap_stays_where_a_file_is_missing() -> None:
    assert places(master("a.flac", track=1), master("c.flac", track=3)) == [(1, 1, "a.flac"), (1, 3, "c.flac")]


def test_discs_by_tags_and_by_folders() -> None:
    assert places(master("a", track=1, disc=2), master("b", track=1, disc=1)) == [(1, 1, "b"), (2, 1, "a")]
    assert places(master("a", 1, track=1), master("b", 2, track=1)) == [(1, 1, "a"), (2, 1, "b")]


@pytest.mark.parametrize("second", [{"track": 1}, {}])
def test_tags_that_contradict_or_miss_leave_it_to_the_names(second: dict[str, int]) -> None:
    assert places(master("01 a.flac", track=1), master("02 b.flac", **second)) == [
        (1, 1, "01 a.flac"),
        (1, 2, "02 b.flac"),
    ]


@pytest.mark.parametrize("name", ["07 Low Tide.wav", "07. Low Tide.wav", "07 - Low Tide.wav", "07_Low_Tide.wav"])
def test_numbers_in_names(name: str) -> None:
    [track] = words(master(name)).tracks
    assert (track.position, track.title) == (7, "Low Tide")


def test_discs_in_names() -> None:
    assert places(master("1-01 a.wav"), master("2-01 b.wav")) == [(1, 1, "1-01 a.wav"), (2, 1, "2-01 b.wav")]


def test_a_number_is_part_of_the_title_unless_every_file_has_one() -> None:
    tracks = words(master("99 Balloons.wav"), master("Harbour.wav")).tracks
    assert [(track.position, track.title) for track in tracks] == [(1, "99 Balloons"), (2, "Harbour")]


def test_a_file_without_any_word_has_a_title() -> None:
    assert [track.title for track in words(master("01.wav"), master("02.wav")).tracks] == ["Track 1", "Track 2"]


def test_the_album_file_beats_the_tags_and_the_tags_the_folder() -> None:
    tagged = master("a", title="Harbour", album="By its tags", artist="Tagged", label="L", date="2026-11")
    assert words(tagged).title == "By its tags"
    assert words(tagged, said=AlbumFile(title="Said", artists=("Mara",))).title == "Said"
    assert words(tagged, said=AlbumFile(artists=("Mara",))).artists == ("Mara",)
    assert words(master("a")).title == "A Folder"
    assert (words(tagged).label, words(tagged).released) == ("L", "2026-11")


def test_one_artist_of_the_tracks_is_the_albums() -> None:
    album = words(master("a", artist="Mara Quist"), master("b", artist="Mara Quist"))
    assert (album.artist_credit, album.artists) == ("Mara Quist", ("Mara Quist",))
    assert [track.artist_credit for track in album.tracks] == [None, None]


def test_various_artists_each_have_their_own_page() -> None:
    album = words(master("a", artist="Mara Quist"), master("b", artist="Orbit"), master("c", artist="Mara Quist"))
    assert (album.artist_credit, album.artists) == ("Various Artists", ("Mara Quist", "Orbit"))
    assert [track.artist_credit for track in album.tracks] == ["Mara Quist", "Orbit", "Mara Quist"]


@pytest.mark.parametrize("guest", ["Mara Quist feat. Ines", "Mara Quist (ft. Ines)", "mara quist featuring Ines"])
def test_a_guest_makes_no_compilation(guest: str) -> None:
    album = words(master("a", artist="Mara Quist"), master("b", artist=guest))
    assert (album.artist_credit, album.artists) == ("Mara Quist", ("Mara Quist",))
    assert [track.artist_credit for track in album.tracks] == [None, guest]


def test_a_guest_is_named_at_the_track_alone() -> None:
    album = words(
        master("a", artist="Mara Quist", album_artist="Mara Quist"),
        master("b", artist="Mara Quist feat. Ines", album_artist="Mara Quist"),
    )
    assert album.artists == ("Mara Quist",)
    assert [track.artist_credit for track in album.tracks] == [None, "Mara Quist feat. Ines"]


@pytest.mark.parametrize(
    ("names", "credit"),
    [(("A",), "A"), (("A", "B"), "A & B"), (("A", "B", "C"), "A, B & C"), (tuple("ABCDE"), "Various Artists")],
)
def test_a_credit_of_several(names: tuple[str, ...], credit: str) -> None:
    album = words(master("a"), said=AlbumFile(artists=names))
    assert (album.artist_credit, album.artists) == (credit, names)


def test_nobody_is_nobody() -> None:
    album = words(master("a"))
    assert (album.artist_credit, album.artists, album.released) == ("", (), None)


@pytest.mark.parametrize(
    ("isrc", "kept"),
    [("NO-HLR-26-00001", "NOHLR2600001"), ("nohlr2600001", "NOHLR2600001"), ("hello", None), ("", None)],
)
def test_an_isrc_is_one(isrc: str, kept: str | None) -> None:
    assert [track.isrc for track in words(master("a", isrc=isrc)).tracks] == [kept]


@pytest.mark.parametrize("name", ["VA", "V.A.", "various artists", "Various"])
def test_various_artists_by_any_name(name: str) -> None:
    album = words(master("a", artist="Mara", album_artist=name), master("b", artist="Ines", album_artist=name))
    assert (album.artist_credit, album.artists) == ("Various Artists", ("Mara", "Ines"))


def test_credits_in_tags_are_those_of_the_album() -> None:
    people = (("mixer", "Ines Okafor"), ("producer", "Ola Berg"))
    album = words(
        master("a", people=people, composer="Mara Quist"),
        master("b", people=(*people, ("cello", "Ida Lund"))),
        master("c", people=(("mixer", "Ines Okafor"),)),
    )
    assert album.credits == "Mixed by Ines Okafor\nProduced by Ola Berg (tracks 1, 2)\nCello: Ida Lund (track 2)"
    assert words(master("a", people=people), said=AlbumFile(credits="By hand")).credits == "By hand"


def test_discs_that_each_were_tagged_as_if_alone() -> None:
    found = places(master("a", 1, track=1, disc=1), master("b", 2, track=1, disc=1))
    assert found == [(1, 1, "a"), (2, 1, "b")]


def test_it_is_told_where_everything_comes_from() -> None:
    album = words(
        master("01 a.flac", title="Harbour", album="Low Tide", isrc="NOHLR2600001"),
        master("02 b.flac"),
        said=AlbumFile(artists=("Mara",)),
    )
    assert by_source(album.taken) == {
        "the tags": ["title", "titles of 1", "ISRCs of 1"],
        "album.toml": ["artist"],
        "the names of the files": ["order of the tracks", "titles of 1"],
    }
