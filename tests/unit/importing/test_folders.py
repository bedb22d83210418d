"""Which folders are albums, and which of their files are music."""

from pathlib import Path

import pytest

from storefront.services.catalogue.importing import ImportRefused, album_folders
from storefront.services.catalogue.importing.folders import find_covers, find_music, stray_folders


@pytest.fixture
def lay(tmp_path: Path):
    """Makes empty files by their paths."""

    def make(*names: str) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path

    return make


def names(folder: Path) -> list[str]:
    return [file.name for file in find_music(folder)]


def test_an_album_is_a_folder_with_music(lay) -> None:
    folder = lay("1.flac", "cover.jpg", "booklet.pdf")
    assert album_folders(folder) == [folder]


def test_a_folder_of_albums_is_each_of_them_in_natural_order(lay) -> None:
    folder = lay("10 Orbit/1.flac", "2 Low Tide/1.wav", "notes.txt", "old/Demos/1.aiff")
    assert [album.name for album in album_folders(folder)] == ["2 Low Tide", "10 Orbit", "Demos"]


def test_folders_for_discs_belong_to_one_album(lay) -> None:
    folder = lay("CD 1/1.flac", "CD 2/1.flac")
    assert album_folders(folder) == [folder]
    assert [(file.name, file.disc) for file in find_music(folder)] == [("CD 1/1.flac", 1), ("CD 2/1.flac", 2)]


@pytest.mark.parametrize(
    ("name", "disc"), [("Disc_2", 2), ("disk 03 - Live", 3), ("Side B", 2), ("LP1", 1), ("Vol. 4", 4), ("cd10", 10)]
)
def test_what_a_disc_is_called(lay, name: str, disc: int) -> None:
    assert [file.disc for file in find_music(lay(f"{name}/1.flac"))] == [disc]


@pytest.mark.parametrize("name", ["Sidewalk", "Parties", "Bonus", "CD", "Discography 1999"])
def test_what_no_disc_is_called(lay, name: str) -> None:
    folder = lay("1.flac", f"{name}/1.flac")
    assert names(folder) == ["1.flac"]
    assert stray_folders(folder) == [name], "its music must not be lost in silence"


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
    assert [album.name for album in album_folders(folder)] == ["a"]


def test_a_folder_without_music_is_refused(lay) -> None:
    with pytest.raises(ImportRefused, match="there is no music in it"):
        album_folders(lay("cover.jpg"))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="No such file"):
        album_folders(tmp_path / "nowhere")


def test_more_files_than_an_album_has_are_refused(lay) -> None:
    folder = lay(*(f"{number}.flac" for number in range(501)))
    with pytest.raises(ImportRefused, match="501 files"):
        find_music(folder)


def test_the_likeliest_cover_comes_first(lay) -> None:
    folder = lay("front.png", "Folder.JPG", "Cover.png", "cover.jpg", "band.jpg")
    assert [path.name for path in find_covers(folder)] == ["cover.jpg", "Cover.png", "Folder.JPG", "front.png"]
