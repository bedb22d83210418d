"""Nothing is overwritten, nobody is disturbed, and what is missing is said with the way to get it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text

from storefront.models import Account
from storefront.services.shop.backups.files import FileRecord
from storefront.services.shop.backups.folder import Backup
from storefront.services.shop.backups.manifest import Manifest
from storefront.services.shop.backups.rotation import Keep
from tests.functional.backup.conftest import newest
from tests.support.machines import Machine
from tests.support.people import make_customer


def test_a_shop_that_is_there_is_not_overwritten(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    other.run("migrate")
    with other.session() as session:
        make_customer(session, "late@example.com")
    before = other.rows()
    assert "The database has tables already" in other.run("restore", to, code=1)
    assert (other.rows(), other.contents()) == (before, {})
    said = other.run("restore", "--force", to)
    assert "The database that was there is kept: " in said
    with other.session() as session:
        assert set(session.scalars(select(Account.email))) == {"owner@example.com", "ana@example.com"}
    assert other.contents() == shop.contents()


def test_the_old_database_is_kept(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    other.run("migrate")
    with other.session() as session:
        make_customer(session, "late@example.com")
    said = other.run("restore", "--force", to)
    kept = said.partition("is kept: ")[2].splitlines()[0]
    if kept.startswith("the schema "):
        with other.connection() as connection:
            schema = kept.removeprefix("the schema ")
            assert connection.scalar(text(f"SELECT email FROM {schema}.account")) == "late@example.com"
    else:
        assert Machine(other.folder, f"sqlite:///{kept}").rows()["account"][0][2] == "late@example.com"


def test_files_that_are_there_are_not_overwritten(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    other.files.mkdir(parents=True)
    (other.files / ("a" * 64)).write_bytes(b"somebody's")
    assert f"{'a' * 64} for one" in other.run("restore", to, code=1)
    assert other.rows() == {}
    other.run("restore", "--force", to)
    assert other.contents() == {**shop.contents(), "a" * 64: b"somebody's"}


def test_a_shop_that_runs_is_not_replaced(shop: Machine, to: Path) -> None:
    shop.run("backup", to)
    before = shop.rows()
    with shop.connection() as connection:
        connection.execute(text("SELECT count(*) FROM album_purchase"))
        said = shop.run("restore", "--force", to, code=1)
    assert "stop the shop and its workers first" in said
    assert shop.rows() == before
    shop.run("restore", "--force", to)


def test_somebody_elses_folder_is_left_alone(shop: Machine, to: Path) -> None:
    to.mkdir()
    (to / "letter.txt").write_text("mine")
    assert "neither empty nor a folder of backups" in shop.run("backup", to, code=1)
    assert [path.name for path in to.iterdir()] == ["letter.txt"]
    for command in (("backup", "--verify"), ("restore",)):
        assert f"There is no backup in {to}" in shop.run(*command, to, code=1)


def test_a_new_disk_is_a_good_place(shop: Machine, to: Path) -> None:
    (to / "lost+found").mkdir(parents=True)
    shop.run("backup", to)
    shop.run("backup", "--verify", to)


def test_a_database_without_a_shop_has_no_backup(other: Machine, to: Path) -> None:
    said = other.run("backup", to, code=1)
    assert "There is no" in said
    assert "There is no backup in" in other.run("backup", "--verify", to, code=1)


def test_a_folder_that_cannot_be_made_is_told(shop: Machine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = shop.run("backup", tmp_path / "file" / "below", code=1)
    assert "Not a directory" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_backup_of_the_other_kind_of_database(
    shop: Machine, to: Path, database_templates: Callable[..., object], tmp_path: Path
) -> None:
    template = database_templates("postgresql")
    url = template.empty()  # type: ignore[attr-defined]
    other = Machine(tmp_path / "other", url)
    shop.run("backup", to)
    assert "The backup is of a sqlite database" in other.run("restore", to, code=1)
    assert "no database was made of it, for it is of sqlite" in other.run("backup", "--verify", to)
    template.drop(url)  # type: ignore[attr-defined]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_postgres_programs_that_are_missing_or_old(shop: Machine, to: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    missing = shop.run("backup", "--postgres-tools", tools, to, code=1)
    assert "There is no pg_dump: install PostgreSQL's client programs" in missing
    (tools / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    (tools / "pg_dump").chmod(0o755)
    old = shop.run("backup", "--postgres-tools", tools, to, code=1)
    assert "pg_dump is pg_dump (PostgreSQL) 9.6.24, and the server is PostgreSQL " in old
    assert "apt-get install postgresql-client-" in old
    assert "There is no backup in" in shop.run("backup", "--verify", to, code=1)
    (tools / "pg_dump").write_text(
        "#!/bin/sh\n[ $1 = --version ] && exec echo 'x (PostgreSQL) 99.1'\necho no >&2; exit 3\n"
    )
    assert "pg_dump failed: no" in shop.run("backup", "--postgres-tools", tools, to, code=1)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_an_ordinary_user_of_the_server_is_enough(shop: Machine, other: Machine, to: Path) -> None:
    """The owner of its database, with a password, and no right to make another database."""
    name, password = f"keeper_{make_url(other.database_url).database}", "it's a \\ : secret"
    with other.connection() as connection:
        quoted = password.replace("'", "''")
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN PASSWORD '{quoted}'")
        connection.exec_driver_sql(f"ALTER DATABASE {connection.engine.url.database} OWNER TO {name}")
    url = make_url(other.database_url).set(username=name, password=password)
    keeper = Machine(other.folder, url.render_as_string(hide_password=False))
    shop.run("backup", to)
    keeper.run("restore", to)
    keeper.run("backup", to.with_name("second"))
    said = keeper.run("backup", "--verify", to.with_name("second"))
    assert "no database was made of it, for the server does not let this user make" in said
    keeper.run("restore", "--force", to.with_name("second"))
    assert len(keeper.rows()["album_purchase"]) == 2
    assert keeper.run("migrate", "--check") == "The database is up to date.\n"


def test_rotation_deletes_old_backups_and_what_only_they_had(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    first = newest(to)
    (to / "files" / ("b" * 64)).write_bytes(b"left by a killed backup")
    with shop.connection() as connection:  # the cover is another one from now on
        connection.execute(text("UPDATE album SET cover_digest = NULL"))
    shop.run("backup", to)
    said = shop.run("backup", "--keep", 2, to)
    assert said.endswith(f"{first.name} is deleted\n")
    assert not first.exists()
    assert len(list((to / "files").iterdir())) == 14
    shop.run("backup", "--verify", to)
    other.run("restore", to)


def test_a_manifest_that_cannot_be_read_keeps_everything(shop: Machine, to: Path) -> None:
    """It hides which files its backup needs."""
    shop.run("backup", to)
    first = newest(to)
    shop.run("backup", to)
    (first / "manifest.json").write_text("{")
    with shop.connection() as connection:
        connection.execute(text("UPDATE album SET cover_digest = NULL"))
    said = shop.run("backup", "--keep", 1, to, code=1)
    assert "manifest.json is damaged" in said
    assert len([path for path in to.iterdir() if path.name[0] == "2"]) == 3
    assert len(list((to / "files").iterdir())) == 21


def test_which_backups_stay() -> None:
    start = datetime(2026, 11, 30, 3, 30, tzinfo=UTC)  # a Monday
    times = [start - timedelta(hours=12 * number) for number in range(80)][::-1]
    finished = [
        (Backup(Path(f"{at:%Y%m%dT%H%M%SZ}")), Manifest(at, "1", "1", "sqlite", FileRecord("", 0), {})) for at in times
    ]

    def stay(**keep: int) -> list[str]:
        return sorted(Keep(**keep).chosen(finished), reverse=True)

    assert stay() == ["20261130T033000Z"]
    assert stay(newest=3) == ["20261130T033000Z", "20261129T153000Z", "20261129T033000Z"]
    assert stay(days=3) == ["20261130T033000Z", "20261129T153000Z", "20261128T153000Z"]
    assert stay(weeks=3) == ["20261130T033000Z", "20261129T153000Z", "20261122T153000Z"]
    assert stay(newest=2, days=7, weeks=4) == [
        "20261130T033000Z", "20261129T153000Z", "20261128T153000Z", "20261127T153000Z", "20261126T153000Z",
        "20261125T153000Z", "20261124T153000Z", "20261122T153000Z", "20261115T153000Z",
    ]  # fmt: skip
    assert len(stay(days=1000)) == 41
