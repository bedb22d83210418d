"""What the names of files and folders say."""

import pytest

from storefront.services.catalogue.importing.names import is_only_a_kind, read_file_names, read_folder_name


def read(*stems: str) -> list[tuple[int | None, int | None, str, str]]:
    return [(name.disc, name.number, name.artist, name.title) for name in read_file_names(stems)]


@pytest.mark.parametrize(
    "name",
    [
        "07 Low Tide",
        "07. Low Tide",
        "07 - Low Tide",
        "07_Low_Tide",
        "[07] Low Tide",
        "(07) Low Tide",
        "7) Low Tide",
        "#7 Low Tide",
        "Track 07 - Low Tide",
    ],
)
def test_a_number_before_the_title(name: str) -> None:
    assert read(name) == [(None, 7, "", "Low Tide")]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("1-01 Harbour", "2-01 Orbit"), [(1, 1, "", "Harbour"), (2, 1, "", "Orbit")]),
        (("99 Balloons", "Harbour"), [(None, None, "", "99 Balloons"), (None, None, "", "Harbour")]),
        (("01", "02"), [(None, 1, "", ""), (None, 2, "", "")]),
        (("1999", "2000"), [(None, None, "", "1999"), (None, None, "", "2000")]),
        (("01 Harbour - live", "02 Orbit"), [(None, 1, "", "Harbour - live"), (None, 2, "", "Orbit")]),
        # One artist, as Bandcamp calls files and as many encoders do; and an artist a track.
        (
            ("Mara - Low Tide - 01 Harbour", "Mara - Low Tide - 02 Slack - Water"),
            [(None, 1, "Mara", "Harbour"), (None, 2, "Mara", "Slack - Water")],
        ),
        (("01 - Mara - Harbour", "02 - Mara - Orbit"), [(None, 1, "Mara", "Harbour"), (None, 2, "Mara", "Orbit")]),
        (("01 - Mara - Harbour", "02 - Ines - Orbit"), [(None, 1, "Mara", "Harbour"), (None, 2, "Ines", "Orbit")]),
        (("Mara - Harbour", "Mara - Orbit"), [(None, None, "Mara", "Harbour"), (None, None, "Mara", "Orbit")]),
        # The sides of a record.
        (
            ("A1 Harbour", "A2 Orbit", "B1 Slack"),
            [(None, 1, "", "Harbour"), (None, 2, "", "Orbit"), (None, 3, "", "Slack")],
        ),
    ],
)
def test_the_names_of_an_album_are_read_together(names, expected) -> None:
    assert read(*names) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Low Tide", ("", "Low Tide", "")),
        ("Mara Quist - Low Tide (2026) [FLAC]", ("Mara Quist", "Low Tide", "2026")),
        ("Mara_Quist_-_Low_Tide", ("Mara Quist", "Low Tide", "")),
        ("2024 - Low Tide", ("", "Low Tide", "2024")),
        ("Mara Quist - 2024 - Low Tide", ("Mara Quist", "Low Tide", "2024")),
        ("Low Tide [24bit FLAC]", ("", "Low Tide", "")),
        ("Low Tide (Deluxe)", ("", "Low Tide (Deluxe)", "")),
        ("1984", ("", "1984", "")),
        ("1999 Live", ("", "1999 Live", "")),
    ],
)
def test_a_folder_says_artist_title_and_year(name: str, expected: tuple[str, str, str]) -> None:
    found = read_folder_name(name)
    assert (found.artist, found.title, found.year) == expected


def test_what_is_only_a_kind_of_file() -> None:
    assert [name for name in ("FLAC", "WAV 24bit", "mp3", "Masters", "Low Tide", "Flacon") if is_only_a_kind(name)] == [
        "FLAC",
        "WAV 24bit",
        "mp3",
        "Masters",
    ]
