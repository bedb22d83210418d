"""album.toml: what is read, and how what is wrong is named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.models import Pricing
from storefront.money import Money
from storefront.services.catalogue.importing import BadAlbumFile
from storefront.services.catalogue.importing.album_file import AlbumFile, first_day, read_album_file


def read(folder: Path, text: str | bytes) -> AlbumFile:
    (folder / "album.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    return read_album_file(folder)


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    said = read(
        tmp_path,
        """
        title = "Low Tide"
        artist = ["Mara Quist", "The Slow Hours"]
        description = "Nine songs.\\n\\nFrom a *boathouse*."
        credits = ["Written by Mara Quist", "Mastered by Ines Okafor"]
        price = "9.00"
        currency = "EUR"
        pricing = "minimum"
        released = 2026-11-01
        cover_alt = "A lighthouse"
        label = "Harbour Lights Records"
        genre = "Folk"
        copyright = "2026 Mara Quist"
        """,
    )
    assert said == AlbumFile(
        title="Low Tide",
        artists=("Mara Quist", "The Slow Hours"),
        description="Nine songs.\n\nFrom a *boathouse*.",
        credits="Written by Mara Quist\nMastered by Ines Okafor",
        price=Money(900, "eur"),
        pricing=Pricing.MINIMUM,
        released="2026-11-01",
        cover_alt="A lighthouse",
        label="Harbour Lights Records",
        genre="Folk",
        copyright="2026 Mara Quist",
    )


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert read_album_file(tmp_path) == AlbumFile()
    assert read(tmp_path, "") == AlbumFile()


@pytest.mark.parametrize(
    ("written", "price"),
    [
        ('"9.00"', Money(900, "eur")),
        ("9.00", Money(900, "eur")),
        ("9.10", Money(910, "eur")),
        ("9", Money(900, "eur")),
        ('"0"', Money(0, "eur")),
    ],
)
def test_a_price_is_the_digits_that_were_written(tmp_path: Path, written: str, price: Money) -> None:
    assert read(tmp_path, f'price = {written}\ncurrency = "eur"').price == price


@pytest.mark.parametrize(
    ("price", "currency", "said"),
    [
        ('"0.001"', '"EUR"', "0.001 has more decimals than EUR is charged with"),
        ("0.001", '"EUR"', "0.001 has more decimals than EUR is charged with"),
        ("1e400", '"EUR"', "'1e400' is no price"),
        ("nan", '"EUR"', "'nan' is no price"),
        ('"free"', '"EUR"', "'free' is no price"),
        ('"9.99"', '"JPY"', "9.99 has more decimals than JPY is charged with"),
        ('"0.49"', '"USD"', "is less than Stripe charges; the least is $0.50"),
        ('"-1"', '"EUR"', "'-1' is no price"),
        ('"9.00"', '"XYZ"', "'XYZ' is no currency that Stripe takes"),
        ('"9,00"', '"EUR"', "'9,00' is no price"),
        ('"٩"', '"EUR"', "is no price"),
        ("true", '"EUR"', 'write it like price = "9.00"'),
        ("[9]", '"EUR"', 'write it like price = "9.00"'),
        ('"9.00"', "978", 'write the currency like currency = "EUR"'),
        ('"999999999"', '"EUR"', "is more than Stripe charges at once"),
    ],
)
def test_a_bad_price_is_one_sentence_with_file_and_field(tmp_path: Path, price: str, currency: str, said: str) -> None:
    with pytest.raises(BadAlbumFile) as refused:
        read(tmp_path, f"price = {price}\ncurrency = {currency}")
    [sentence] = refused.value.problems
    assert sentence.startswith(f"{tmp_path.name}/album.toml: price: ")
    assert said in sentence


def test_a_price_needs_its_currency(tmp_path: Path) -> None:
    with pytest.raises(BadAlbumFile, match=r'price: currency = "EUR" is missing beside it'):
        read(tmp_path, 'price = "9.00"')
    with pytest.raises(BadAlbumFile, match=r'price: price = "9.00" is missing beside it'):
        read(tmp_path, 'currency = "EUR"')


def test_all_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadAlbumFile) as refused:
        read(tmp_path, 'titel = "x"\nreleased = "soon"\ncredits = [1]\npricing = "rent"\nartist = []\ntitle = " "')
    name = f"{tmp_path.name}/album.toml"
    assert refused.value.problems == (
        f"{name}: titel is no field; did you mean title?",
        f"{name}: title: write a text in quotes",
        f"{name}: artist: write 1 to 50 names",
        f"{name}: credits: write a text in quotes",
        f'{name}: pricing: write "fixed" or "minimum"',
        f"{name}: released: write a date like 2026-11-01, or only 2026-11 or 2026",
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'title = "\xff"', "not written in UTF-8"),
        ("title = Low Tide", "line 1"),
        ("title = " + "[" * 100_000, "nested too deeply"),
        ("#" * 1_000_001, "larger than"),
        (f'description = "{"x" * 20_001}"', "longer than 20,000 characters"),
    ],
)
def test_a_hostile_file_is_a_sentence(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(BadAlbumFile, match=said):
        read(tmp_path, content)


def test_text_is_cleaned(tmp_path: Path) -> None:
    said = read(tmp_path, 'title = "Low\\u0000\\u202e Tide\\u0007"\nartist = ["A", "A"]')
    assert said.title == "Low Tide"
    assert said.artists == ("A",)


@pytest.mark.parametrize("value", ["2026", '"2026"', '"2026-11"', "2026-11-01", "2026-11-01T10:00:00Z"])
def test_dates_of_any_precision(tmp_path: Path, value: str) -> None:
    assert read(tmp_path, f"released = {value}").released == value.strip('"')[:10]


@pytest.mark.parametrize("value", ["2026-02-30", "20261101", "2026-13", "0000", "26", "2026-W1", "", "2026-11-01 "])
def test_no_other_dates(value: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        first_day(value)


@given(st.dates())
def test_the_first_day_of_what_is_known(day) -> None:
    assert first_day(day.isoformat()) == day
    assert first_day(day.isoformat()[:7]) == day.replace(day=1)
    assert first_day(day.isoformat()[:4]) == day.replace(month=1, day=1)
