"""PostgreSQL: pg_dump of a snapshot that both see, and a schema that is renamed into place.

A restore makes its tables in a schema of their own, because a migration is not part of pg_restore's one transaction:
the shop's schema, "public", stays as it is until the new one is complete, and then they change names in one step.
"""

import secrets
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from storefront.models import make_engine
from storefront.services.shop.backups.databases.interface import CannotRehearse
from storefront.services.shop.backups.databases.tools import Tools
from storefront.services.shop.backups.errors import DatabaseFailed, DatabaseInUse
from storefront.services.shop.backups.files import FileRecord, Pace, write_file

SHOP = "public"
NEXT = "storefront_restoring"
WAITING = "storefront_waiting"

_TABLES = text("SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace(:name) AND relkind IN ('r', 'p')")
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
_NOT_PERMITTED = "42501"
_PATIENCE_SECONDS = 3.0


class PostgresDatabase:
    """One database of a server; the shop's tables are in its schema "public"."""

    kind = "postgresql"
    dump_name = "database.dump"

    def __init__(self, engine: Engine, tools: Tools) -> None:
        self._engine = engine
        self._tools = tools

    def shares_disk(self, folder: Path) -> bool:
        host = str(self._engine.url.host or self._engine.url.query.get("host") or "/")
        return host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with _failing(), self._engine.connect().execution_options(**options) as connection:
            if connection.scalar(text("SELECT current_schema()")) != SHOP:
                raise DatabaseFailed(f"The shop's tables are not in the schema {SHOP}, where a backup looks for them.")
            yield connection

    def dump(self, snapshot: Connection, target: Path, pace: Pace, report: Callable[[int, int], None]) -> FileRecord:
        moment = snapshot.scalar(text("SELECT pg_export_snapshot()"))
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--schema={SHOP}", f"--snapshot={moment}")
        with closing(self._tools.stream("pg_dump", *options, url=self._engine.url)) as content:
            record = write_file(target, content, pace)
        report(record.size, record.size)
        return record

    @contextmanager
    def rehearse(self, dump: Path) -> Iterator[Engine]:
        for _ in self._tools.stream("pg_restore", "--list", str(dump)):
            pass
        name = f"storefront_verify_{secrets.token_hex(8)}"
        self._run_alone(f"CREATE DATABASE {name} TEMPLATE template0")
        url = self._engine.url.set(database=name)
        engine = make_engine(url.render_as_string(hide_password=False))
        try:
            self._restore(url, dump, before="BEGIN;", after="COMMIT;")
            yield engine
        finally:
            engine.dispose()
            self._run_alone(f"DROP DATABASE {name} WITH (FORCE)")

    def _run_alone(self, statement: str) -> None:
        try:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(statement)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") == _NOT_PERMITTED:
                raise CannotRehearse("the server does not let this user make a database to try it in") from error
            raise DatabaseFailed(f"{statement} failed: {error.orig}.") from error

    def _restore(self, url: URL, dump: Path, *, before: str, after: str) -> None:
        """One transaction: a script that ends too soon is never committed."""

        def script() -> Generator[bytes]:
            yield f"{before}\n".encode()
            yield from self._tools.stream(
                "pg_restore", "--no-owner", "--no-privileges", f"--schema={SHOP}", "--file=-", str(dump)
            )
            yield f"\n{after}\n".encode()

        with closing(script()) as lines:
            self._tools.run_sql(url, lines)

    def faults(self, engine: Engine) -> list[str]:
        return []  # every constraint was checked as it was made: a row that breaks one ends the transaction

    def expect_unused(self) -> None:
        end = time.monotonic() + _PATIENCE_SECONDS
        while self._others():  # a process that just ended is still in the list for a moment
            if time.monotonic() > end:
                raise DatabaseInUse("Somebody is connected to the database; stop the shop and its workers first.")
            time.sleep(0.05)

    def _others(self) -> int:
        with _failing(), self._engine.connect() as connection:
            return int(connection.scalar(_OTHERS) or 0)

    def is_empty(self) -> bool:
        with _failing(), self._engine.connect() as connection:
            return not connection.scalar(_TABLES, {"name": SHOP})

    def set_up(self, dump: Path) -> Engine:
        self._restore(
            self._engine.url,
            dump,
            before=f"BEGIN; DROP SCHEMA IF EXISTS {NEXT} CASCADE; "
            f"ALTER SCHEMA {SHOP} RENAME TO {WAITING}; CREATE SCHEMA {SHOP};",
            after=f"ALTER SCHEMA {SHOP} RENAME TO {NEXT}; ALTER SCHEMA {WAITING} RENAME TO {SHOP}; COMMIT;",
        )
        url = self._engine.url.update_query_dict({"options": f"-csearch_path={NEXT}"}, append=True)
        return make_engine(url.render_as_string(hide_password=False))

    def put_in_place(self, now: datetime) -> str | None:
        self.expect_unused()
        old = f"before_restore_{now:%Y%m%dt%H%M%S_%fz}"
        with _failing(), self._engine.begin() as connection:
            used = connection.scalar(_TABLES, {"name": SHOP})
            connection.exec_driver_sql(f"ALTER SCHEMA {SHOP} RENAME TO {old}")
            connection.exec_driver_sql(f"ALTER SCHEMA {NEXT} RENAME TO {SHOP}")
        if used:
            return f"the schema {old}"
        with suppress(DBAPIError), self._engine.begin() as connection:  # it stays where an extension lives in it
            connection.exec_driver_sql(f"DROP SCHEMA {old} RESTRICT")
        return None


@contextmanager
def _failing() -> Iterator[None]:
    """What the server refuses is a sentence."""
    try:
        yield
    except DBAPIError as error:
        raise DatabaseFailed(f"The database refuses: {error.orig}.") from error
