"""What browsers call files, and where they go in the folder of an album."""

import pytest

from storefront.services.catalogue.uploading.errors import NotWanted
from storefront.services.catalogue.uploading.names import checked_name, places


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("01 Harbour.flac", "01 Harbour.flac"),
        ("Low Tide/CD 1/01 Harbour.WAV", "Low Tide/CD 1/01 Harbour.WAV"),
        ("../../../etc/01.mp3", "etc/01.mp3"),
        ("C:\\Music\\01.mp3", "C:/Music/01.mp3"),
        ("a/b/c/d/e.flac", "c/d/e.flac"),
        ("\u202egnp.flac", "gnp.flac"),
        ("x" * 400 + ".flac", "x" * 145 + ".flac"),
        ("野帳.opus", "野帳.opus"),
    ],
)
def test_names_are_cleaned(sent: str, kept: str) -> None:
    assert checked_name(sent) == kept


@pytest.mark.parametrize("name", ["", "/", "..", "booklet.pdf", "flac", ".flac", "._a.flac", "a.flac.exe", "a/.b.mp3"])
def test_what_is_neither_music_nor_a_cover(name: str) -> None:
    with pytest.raises(NotWanted):
        checked_name(name)


def laid_out(*names: str) -> tuple[str, dict[str, str]]:
    folder, placed = places(names)
    return folder, {name: str(path) for name, path in placed.items()}


def test_the_folder_that_all_came_from_is_their_title() -> None:
    assert laid_out("Low Tide/CD 1/01.flac", "Low Tide/CD 2/01.flac") == (
        "Low Tide",
        {"Low Tide/CD 1/01.flac": "CD 1/01.flac", "Low Tide/CD 2/01.flac": "CD 2/01.flac"},
    )
    assert laid_out("01.flac", "Extra/02.flac") == ("", {"01.flac": "01.flac", "Extra/02.flac": "Extra/02.flac"})


def test_the_only_picture_is_the_cover() -> None:
    assert laid_out("01.flac", "IMG_2031.jpeg")[1]["IMG_2031.jpeg"] == "cover.jpeg"
    assert laid_out("01.flac", "front.jpg", "back.jpg")[1]["back.jpg"] == "back.jpg"


def test_no_two_names_are_one_on_any_system() -> None:
    placed = laid_out("A.flac", "a.flac", "CON.flac", 'a"b.wav', "a:b.wav")[1]
    assert len({path.casefold() for path in placed.values()}) == 5
    assert all('"' not in path and ":" not in path for path in placed.values())
    assert placed["CON.flac"] != "CON.flac"
