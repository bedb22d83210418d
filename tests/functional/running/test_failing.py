"""What cannot work is told in a sentence, with the way out, and changes nothing."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functional.running.conftest import Storefront
from tests.support.shop import free_ports


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_the_shops_port_is_taken(storefront: Storefront, taken: int, tmp_path: Path) -> None:
    result = storefront("run", "--port", str(taken))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Port {taken} cannot be used: address already in use. ")
    assert f"make run PORT={taken + 10}" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_sandboxs_port_is_taken(storefront: Storefront, taken: int) -> None:
    result = storefront("run", "--port", str(free_ports(1)[0]), "--sandbox-port", str(taken))
    assert result.exit_code == 1
    assert f"make run SANDBOX_PORT={taken + 10}" in result.stderr


@pytest.mark.parametrize("setting", ["STOREFRONT_STORAGE_URL", "STOREFRONT_MAIL_URL", "STOREFRONT_DATABASE_URL"])
def test_a_folder_that_cannot_be_written(storefront: Storefront, tmp_path: Path, setting: str) -> None:
    (tmp_path / "file").write_text("no folder")
    start = {"STOREFRONT_MAIL_URL": "spool://", "STOREFRONT_DATABASE_URL": "sqlite:///"}.get(setting, "")
    port, sandbox_port = map(str, free_ports(2))
    wrong = {setting: f"{start}{tmp_path}/file/below"}
    result = storefront("run", "--port", port, "--sandbox-port", sandbox_port, **wrong)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"The folder {tmp_path}/file")
    assert "cannot be written" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_settings_that_are_wrong_are_all_told(storefront: Storefront, tmp_path: Path) -> None:
    (tmp_path / "shop.ini").write_text("[app:main]\nuse = egg:storefront\nbase_url = shop\nshop.nmae = The Band\n")
    for command in (("run",), ("serve",), ("worker",), ("sandbox",), ("migrate",), ("config", "show")):
        result = storefront("--ini", "shop.ini", *command, STOREFRONT_JOBS_INLINE="perhaps")
        assert result.exit_code == 2, command
        assert "shop.nmae is no setting; did you mean shop.name?" in result.stderr
        assert "base_url (or STOREFRONT_BASE_URL)" in result.stderr
        assert "jobs.inline (or STOREFRONT_JOBS_INLINE)" in result.stderr
        assert "Traceback" not in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["shop.ini"]


@pytest.mark.parametrize("content", [None, "no ini file at all", "[app:main]\nsecret_key = %(nothing)s\n"])
def test_an_ini_file_that_cannot_be_read(storefront: Storefront, tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "shop.ini").write_text(content)
    result = storefront("--ini", "shop.ini", "config", "show")
    assert result.exit_code == 2
    assert "shop.ini cannot be read" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_demo_in_production_is_refused(storefront: Storefront, tmp_path: Path) -> None:
    result = storefront(
        "run",
        STOREFRONT_ENVIRONMENT="production",
        STOREFRONT_DATABASE_URL=f"sqlite:///{tmp_path}/shop.sqlite",
        STOREFRONT_STORAGE_URL=str(tmp_path / "files"),
        STOREFRONT_SECRET_KEY="0123456789abcdef0123456789abcdef",
        STOREFRONT_BASE_URL="https://music.example.com",
        STOREFRONT_MAIL_URL="smtp://mail.example.com",
        STOREFRONT_MAIL_SENDER="music@example.com",
        STOREFRONT_SHOP_TIMEZONE="UTC",
        STRIPE_SECRET_KEY="sk_live_1",
        STRIPE_PUBLISHABLE_KEY="pk_live_1",
        STRIPE_WEBHOOK_SECRET="whsec_1",
    )
    assert result.exit_code == 1
    assert "in production run `storefront serve`" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_server_over_a_database_that_is_not_there(storefront: Storefront) -> None:
    result = storefront("serve", "--listen", "127.0.0.1:0", STOREFRONT_JOBS_INLINE="false")
    assert result.exit_code == 1
    assert "The database is not up to date; run `storefront migrate` first." in result.stderr


def test_a_database_of_a_newer_version(storefront: Storefront, tmp_path: Path) -> None:
    import sqlite3

    assert storefront("migrate").exit_code == 0
    connection = sqlite3.connect(tmp_path / "var" / "storefront.sqlite")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    result = storefront("migrate")
    assert result.exit_code == 1
    assert result.stderr.startswith("The database was made by another version of Storefront")
    assert len(result.stderr.splitlines()) == 1
