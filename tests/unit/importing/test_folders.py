"""Which folders are albums, and which of their files are music and pictures."""

import os
from pathlib import Path

import pytest

from storefront.services.catalogue.importing import ImportRefused, find_album, find_albums


@pytest.fixture
def lay(tmp_path: Path):
    """Makes empty files by their paths."""

    def make(*names: str) -> Path:
        for name in names:
            path = tmp_path / "Music" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path / "Music"

    return make


def albums(folder: Path) -> dict[str, list[tuple[str, int | None]]]:
    """Name of the album -> its files, each with its disc."""
    return {album.name: [(file.name, file.disc) for file in album.files] for album in find_albums(folder).albums}


def names(folder: Path) -> list[str]:
    return [file.name for file in find_album(folder).files]


def test_an_album_is_a_folder_with_music(lay) -> None:
    assert albums(lay("1.flac", "cover.jpg", "booklet.pdf")) == {"Music": [("1.flac", None)]}


def test_a_folder_of_albums_is_each_of_them_in_natural_order(lay) -> None:
    folder = lay("10 Orbit/1.flac", "2 Low Tide/1.wav", "notes.txt", "old/Demos/1.aiff")
    assert list(albums(folder)) == ["2 Low Tide", "10 Orbit", "Demos"]


def test_folders_for_discs_belong_to_one_album(lay) -> None:
    folder = lay("CD 1/1.flac", "CD 2/1.flac", "Artwork/cover.jpg", "Booklet/booklet.pdf")
    assert albums(folder) == {"Music": [("CD 1/1.flac", 1), ("CD 2/1.flac", 2)]}
    assert [path.name for path in find_albums(folder).albums[0].pictures] == ["cover.jpg"]


def test_nested_discs_of_several_albums(lay) -> None:
    folder = lay("Mara/Low Tide/CD1/1.flac", "Mara/Low Tide/CD2/1.flac", "Mara/Orbit/1.flac", "Mara/bio.txt")
    assert albums(folder) == {"Low Tide": [("CD1/1.flac", 1), ("CD2/1.flac", 2)], "Orbit": [("1.flac", None)]}


@pytest.mark.parametrize("together", ["", "Orbit/1.flac"])
def test_neighbours_that_are_discs_are_one_album(lay, together: str) -> None:
    folder = lay("Low Tide (Disc 1)/1.flac", "Low Tide (Disc 2)/1.flac", *filter(None, [together]))
    found = albums(folder)
    assert found.pop("Music" if not together else "Low Tide") == [
        ("Low Tide (Disc 1)/1.flac" if not together else "1.flac", 1),
        ("Low Tide (Disc 2)/1.flac", 2),
    ]
    assert list(found) == ["Orbit"][: len(together)]


@pytest.mark.parametrize(
    ("name", "disc"),
    [
        ("Disc_2", 2),
        ("Disc 2 - Live", 2),
        ("disk 03 - Live", 3),
        ("Side B", 2),
        ("LP1", 1),
        ("Vol. 4", 4),
        ("cd10", 10),
        ("CD Two", 2),
        ("Disc III", 3),
    ],
)
def test_what_a_disc_is_called(lay, name: str, disc: int) -> None:
    assert [file.disc for file in find_album(lay(f"{name}/1.flac")).files] == [disc]


@pytest.mark.parametrize("name", ["Sidewalk", "Parties", "Parte", "Bonus", "CD", "Discography 1999", "Discs"])
def test_what_no_disc_is_called(lay, name: str) -> None:
    [album] = find_albums(lay("1.flac", f"{name}/1.flac")).albums
    assert [file.name for file in album.files] == ["1.flac"]
    assert [problem.file for problem in album.problems] == [f"{name}/"], "its music must not be lost in silence"


def test_a_shelf_on_which_something_lies_loose(lay) -> None:
    folder = lay("demo.mp3", "Low Tide/1.flac", "Orbit/1.flac")
    assert list(albums(folder)) == ["Music", "Low Tide", "Orbit"]
    assert [album.problems for album in find_albums(folder).albums] == [(), (), ()]


def test_a_folder_with_an_album_file_is_one_album_whatever_else_lies_there(lay) -> None:
    [album] = find_albums(lay("album.toml", "1.flac", "a/1.flac", "b/1.flac")).albums
    assert [problem.file for problem in album.problems] == ["a/", "b/"]


def test_the_lossless_of_two_folders_comes_first(lay) -> None:
    assert list(albums(lay("MP3/1.mp3", "WAV/1.wav"))) == ["WAV", "MP3"]


def test_files_come_in_the_order_in_which_people_count(lay) -> None:
    assert names(lay("10.flac", "2.flac", "1.FLAC", "b.wav", "A.wav")) == [
        "1.FLAC",
        "2.flac",
        "10.flac",
        "A.wav",
        "b.wav",
    ]


def test_what_is_hidden_is_no_music(lay) -> None:
    assert names(lay("1.flac", "._1.flac", ".2.flac", "__MACOSX/1.flac", "3.flac.txt")) == ["1.flac"]


def test_links_that_lead_in_circles_are_not_followed(lay) -> None:
    folder = lay("a/1.flac")
    (folder / "a" / "CD 1").symlink_to(folder)
    (folder / "b").symlink_to(folder)
    assert list(albums(folder)) == ["a"]


def test_a_folder_without_music_is_refused(lay) -> None:
    with pytest.raises(ImportRefused, match="there is no music in it"):
        find_albums(lay("cover.jpg"))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="No such file"):
        find_albums(tmp_path / "nowhere")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open everything")
def test_a_folder_that_may_not_be_opened_is_named_and_the_rest_goes_on(lay) -> None:
    folder = lay("Low Tide/1.flac", "Orbit/1.flac")
    (folder / "Low Tide").chmod(0)
    found = find_albums(folder)
    (folder / "Low Tide").chmod(0o755)
    assert [album.name for album in found.albums] == ["Orbit"]
    assert list(map(str, found.problems)) == ["Low Tide/ cannot be used: it cannot be opened: Permission denied"]


def test_folders_that_lie_too_deep_are_named(lay) -> None:
    found = find_albums(lay("Orbit/1.flac", "/".join("abcdefghijklmnopqrstuvwxyz") + "/1.flac"))
    assert [album.name for album in found.albums] == ["Orbit"]
    assert [problem.reason for problem in found.problems] == ["it lies more than 20 folders deep"]


def test_more_files_than_an_album_has_are_refused(lay) -> None:
    folder = lay(*(f"{number}.flac" for number in range(501)))
    with pytest.raises(ImportRefused, match="501 files"):
        find_album(folder)
    with pytest.raises(ImportRefused, match="501 files"):
        find_albums(folder)
