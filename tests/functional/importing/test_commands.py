"""`storefront import`, `demo` and `init`, as somebody types them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storefront.cli import main
from storefront.models import Account, Album, AlbumState, Edition, EditionState, Job, Role, Track
from storefront.services.accounts.passwords import verify_password
from tests.functional.importing.conftest import Band

TAKEN = (
    "  from the tags: title, artist, release date, order of the tracks, titles\n"
    "  from cover.png: cover (400 × 400)\n"
    "  from album.toml: price\n"
)


class Storefront(Protocol):
    def __call__(self, *arguments: str | Path, typed: str = "") -> Result: ...


@pytest.fixture
def storefront(ini: dict[str, str], tmp_path: Path) -> Iterator[Storefront]:
    """storefront("import", folder): what it printed and its exit code, over this test's database and files."""
    section = "[app:main]\nuse = egg:storefront\n" + "".join(f"{key} = {value}\n" for key, value in ini.items())
    path = tmp_path / "shop.ini"
    path.write_text(section.replace("%", "%%"))

    def invoke(*arguments: str | Path, typed: str = "") -> Result:
        return CliRunner().invoke(main, ["--ini", str(path), *map(str, arguments)], input=typed)

    return invoke


def test_a_folder_of_albums_becomes_drafts(storefront: Storefront, session: Session, tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    Band(music / "Low Tide").album("Harbour")
    Band(music / "Orbit").album("Perigee", "Apogee", album="Orbit")
    result = storefront("import", music)
    assert (result.exit_code, result.output) == (
        0,
        f"Mara Quist, Low Tide: created, 1 track\n{TAKEN}Mara Quist, Orbit: created, 2 tracks\n{TAKEN}"
        "In all: 2 albums, 3 tracks.\n",
    )
    assert list(session.scalars(select(Album.state))) == [AlbumState.DRAFT] * 2
    again = storefront("import", music / "Orbit")
    assert again.output == "Mara Quist, Orbit: unchanged, 2 tracks\n"


def test_a_dry_run_says_all_and_writes_nothing(
    storefront: Storefront, session: Session, band: Band, tmp_path: Path
) -> None:
    band.album("Harbour", "Slack Water", label="Harbour Lights")
    band.song("02 Slack Water.mp3")
    band.write("03 Broken.flac", "text")
    result = storefront("import", "--dry-run", band.folder)
    assert result.exit_code == 1
    assert result.stdout == (
        "Mara Quist, Low Tide: would be created, 2 tracks\n"
        "  1-01 Harbour (0:00), 01 Harbour.flac\n"
        "  1-02 Slack Water (0:00), 02 Slack Water.flac\n"
        f"{TAKEN.replace('date,', 'date, label,')}"
        "  left out, because the same is there in a lossless form: 02 Slack Water.mp3\n"
        "Nothing was written.\n"
    )
    assert result.stderr == "Mara Quist, Low Tide: 03 Broken.flac cannot be used: it is not audio\n"
    assert [session.scalar(select(func.count()).select_from(table)) for table in (Album, Edition, Job)] == [0, 0, 0]
    assert list((tmp_path / "files").iterdir()) == []
    storefront("import", band.folder)
    assert "would stay, 2 tracks" in storefront("import", "--dry-run", band.folder).stdout
    band.write("album.toml", 'price = "10.00"\ncurrency = "EUR"')
    assert "would stay" in storefront("import", "--dry-run", band.folder).stdout
    assert "would be updated" in storefront("import", "--dry-run", "--overwrite", band.folder).stdout
    session.rollback()
    assert session.scalar(select(Album.amount)) == 900


def test_a_dry_run_makes_no_database(band: Band, tmp_path: Path) -> None:
    band.album("Harbour")
    shop = tmp_path / "new"
    ini = tmp_path / "shop.ini"
    ini.write_text(
        f"[app:main]\nuse = egg:storefront\nsqlalchemy.url = sqlite:///{shop}/shop.db\nstorage.url = {shop}/files\n"
    )
    result = CliRunner().invoke(main, ["--ini", str(ini), "import", "--dry-run", str(band.folder)])
    assert (result.exit_code, result.output.splitlines()[0]) == (0, "Mara Quist, Low Tide: would be created, 1 track")
    assert not shop.exists()


def test_the_same_album_in_two_folders_is_taken_once(storefront: Storefront, session: Session, tmp_path: Path) -> None:
    for kind in ("A copy", "Low Tide"):
        Band(tmp_path / kind).album("Harbour")
    result = storefront("import", tmp_path / "Low Tide", tmp_path / "A copy")
    assert result.exit_code == 1
    assert result.stderr == (
        f"{tmp_path}/A copy: it is Mara Quist, Low Tide, which was taken from {tmp_path}/Low Tide already\n"
    )
    assert session.scalar(select(func.count(Album.id))) == 1


def test_a_lossy_copy_of_a_lossless_album_is_passed_over(
    storefront: Storefront, session: Session, tmp_path: Path
) -> None:
    (tmp_path / "Low Tide").mkdir()
    for kind, ending in (("MP3", "mp3"), ("WAV", "wav")):
        Band(tmp_path / "Low Tide" / kind).song(f"01 Harbour.{ending}")
    result = storefront("import", "--price", "9.00", "--currency", "EUR", tmp_path / "Low Tide")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Low Tide/MP3: it is Nobody, Low Tide, which was taken from" in result.stdout
    assert session.scalar(select(Track.master_name)) == "01 Harbour.wav"


def test_publishing_at_once(storefront: Storefront, session: Session, band: Band) -> None:
    band.album("Harbour", "Slack Water")
    result = storefront("import", "--publish", band.folder)
    assert result.exit_code == 0
    assert result.output.startswith("Mara Quist, Low Tide: created, 2 tracks\n")
    assert result.output.endswith("  on sale at http://localhost/albums/low-tide\n")
    assert session.scalar(select(Album.state)) == AlbumState.PUBLISHED
    job = session.scalars(select(Job)).one()
    assert job.due > job.created, "the worker is not to do the same work at the same time"


def test_what_was_left_out_is_named_and_keeps_the_album_from_being_published(
    storefront: Storefront, session: Session, band: Band
) -> None:
    band.album("Harbour")
    band.write("02 Broken.flac", "text")
    result = storefront("import", "--publish", band.folder)
    assert result.exit_code == 1
    assert result.stderr == (
        "Mara Quist, Low Tide: 02 Broken.flac cannot be used: it is not audio\n"
        "Mara Quist, Low Tide is not published, because files were left out.\n"
    )
    assert session.scalar(select(Album.state)) == AlbumState.DRAFT


def test_what_is_missing_for_a_sale_is_named(storefront: Storefront, session: Session, band: Band) -> None:
    band.song("1.flac", title="A", artist="Mara Quist", album="Low Tide")
    result = storefront("import", "--publish", "--price", "9.00", "--currency", "EUR", band.folder)
    assert result.exit_code == 1
    assert "Mara Quist, Low Tide is not published. It has no cover: add a cover.jpg" in result.stderr
    assert session.scalar(select(Edition.state)) == EditionState.READY


def test_a_folder_without_a_price_is_a_draft_and_is_not_published(
    storefront: Storefront, session: Session, band: Band
) -> None:
    band.album("Harbour")
    band.write("album.toml", "")
    said = "\n  nobody says what it costs, so it has no price yet\n"
    assert said in storefront("import", "--dry-run", band.folder).stdout
    result = storefront("import", "--publish", band.folder)
    assert (result.exit_code, said in result.stdout) == (1, True)
    assert result.stderr == (
        "Mara Quist, Low Tide is not published. It has no price: name one in its editor or in album.toml, 0 for free.\n"
    )
    assert session.scalar(select(Album.state)) == AlbumState.DRAFT
    assert storefront("import", "--publish", "--price", "9.00", "--currency", "EUR", band.folder).exit_code == 0


def test_one_bad_album_spoils_no_other(storefront: Storefront, tmp_path: Path) -> None:
    for title, price in (("Low Tide", "0.001"), ("Orbit", "9.00")):
        band = Band(tmp_path / title)
        band.album("Harbour", album=title)
        band.write("album.toml", f'price = "{price}"\ncurrency = "EUR"')
    result = storefront("import", tmp_path / "Low Tide", tmp_path / "Orbit")
    assert result.exit_code == 1
    assert result.stdout == (f"Mara Quist, Orbit: created, 1 track\n{TAKEN}In all: 1 album, 1 track, 1 thing wrong.\n")
    assert result.stderr == "Low Tide/album.toml: price: 0.001 has more decimals than EUR is charged with\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--price", "9.00"], "--price and --currency go together"),
        (["--price", "0.49", "--currency", "USD"], "--price: $0.49 is less than Stripe charges"),
    ],
)
def test_a_bad_price_on_the_command_line(storefront: Storefront, band: Band, options: list[str], said: str) -> None:
    band.album("Harbour")
    result = storefront("import", *options, band.folder)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_folder_without_music(storefront: Storefront, band: Band) -> None:
    result = storefront("import", band.folder)
    assert (result.exit_code, result.stderr) == (1, f"{band.folder}: there is no music in it\n")


def test_an_album_file_without_music_is_refused_and_the_rest_goes_on(
    storefront: Storefront, session: Session, tmp_path: Path
) -> None:
    Band(tmp_path / "Low Tide").album("Harbour")
    Band(tmp_path / "Orbit").write("album.toml", 'title = "Orbit"')
    result = storefront("import", tmp_path / "Low Tide", tmp_path / "Orbit")
    assert (result.exit_code, result.stderr) == (1, f"{tmp_path}/Orbit: there is no music in it\n")
    assert session.scalar(select(Album.title)) == "Low Tide"


def test_the_first_admin(storefront: Storefront, session: Session) -> None:
    weak = storefront("init", "--email", "Label@Example.com", "--password-stdin", typed="short\n")
    assert (weak.exit_code, weak.stderr) == (1, "Choose a password of at least 15 characters.\n")
    result = storefront("init", "--email", "Label@Example.com", "--password-stdin", typed="a long enough secret\n")
    assert (result.exit_code, result.output) == (0, "label@example.com can sign in at http://localhost/sign-in\n")
    account = session.scalars(select(Account)).one()
    assert (account.email, account.role) == ("label@example.com", Role.ADMIN)
    assert verify_password(account.password_hash, "a long enough secret")
    again = storefront("init", "--email", "label@example.com", "--password-stdin", typed="another long secret\n")
    assert (again.exit_code, again.stderr) == (1, "label@example.com has an account already.\n")


def test_the_first_admin_is_asked_for(storefront: Storefront, session: Session) -> None:
    typed = "nobody\nlabel@example.com\nshort\nshort\na long enough secret\na long enough secret\n"
    result = storefront("init", typed=typed)
    assert result.exit_code == 0
    assert "Enter an e-mail address like name@example.com" in result.output
    assert "Choose a password of at least 15 characters" in result.output
    assert "long enough" not in result.output
    assert session.scalar(select(Account.email)) == "label@example.com"


def test_a_demo_that_is_there_is_left_alone(storefront: Storefront, session: Session) -> None:
    storefront("init", "--email", "admin@example.com", "--password-stdin", typed="behind-the-record-counter\n")
    result = storefront("demo")
    assert result.exit_code == 0
    assert "customer@example.com   listening-to-the-tide" in result.output
    assert session.scalar(select(Album.id)) is None


def test_there_is_no_demo_in_production(ini: dict[str, str], tmp_path: Path) -> None:
    secrets = {
        "environment": "production",
        "base_url": "https://music.example.com",
        "secret_key": "0123456789abcdef" * 4,
        "mail.sender": "The Band <music@band.example>",
        "shop.name": "The Band",
        "shop.timezone": "UTC",
        "stripe.secret_key": "sk_live_x",
        "stripe.publishable_key": "pk_live_x",
        "stripe.webhook_secrets": "whsec_x",
        "stripe.api_base": "",
        "stripe.js_url": "https://js.stripe.com/endive/stripe.js",
        "mail.url": "smtps://user:password@mail.band.example:465",
    }
    section = "".join(f"{key} = {value}\n" for key, value in {**ini, **secrets}.items()).replace("%", "%%")
    (tmp_path / "shop.ini").write_text(f"[app:main]\nuse = egg:storefront\n{section}")
    result = CliRunner().invoke(main, ["--ini", str(tmp_path / "shop.ini"), "demo"])
    assert result.exit_code == 1
    assert "there is no demo in production" in result.output
