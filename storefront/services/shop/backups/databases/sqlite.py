"""SQLite: its online backup API (https://www.sqlite.org/backup.html), and a file that is renamed into place."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from storefront.models import make_engine
from storefront.services.shop.backups.errors import DatabaseFailed, DatabaseInUse
from storefront.services.shop.backups.files import (
    PIECE,
    FileRecord,
    Pace,
    create,
    flush,
    pieces,
    read_record,
    write_file,
)

#: Of a file that nobody should have open: long enough for a process that is just ending.
_PATIENCE_SECONDS = 1.0


class SqliteDatabase:
    """One file, with its write-ahead log beside it while it is in use."""

    kind = "sqlite"
    dump_name = "database.sqlite"

    def __init__(self, engine: Engine) -> None:
        name = engine.url.database
        if not name or name == ":memory:":
            raise DatabaseFailed("A database in memory has no backups.")
        self._engine = engine
        self._path = Path(name).absolute()
        #: What is restored lies here until it is ready.
        self._next = self._beside(".restoring")

    def _beside(self, end: str) -> Path:
        return self._path.with_name(self._path.name + end)

    def shares_disk(self, folder: Path) -> bool:
        return self._path.exists() and self._path.stat().st_dev == folder.stat().st_dev

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        if not self._path.exists():
            raise DatabaseFailed(f"There is no database {self._path}.")
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")  # the moment is now
                yield connection
        except DBAPIError as error:
            raise DatabaseFailed(f"The database cannot be read: {error.orig}.") from error

    def dump(self, snapshot: Connection, target: Path, pace: Pace, report: Callable[[int, int], None]) -> FileRecord:
        """In steps, from inside the open transaction: without one, every sale would make it begin anew."""
        source = snapshot.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        [page_size] = source.execute("PRAGMA page_size").fetchone()
        descriptor = create(target)
        try:
            with closing(sqlite3.connect(target, isolation_level=None)) as copy:
                copy.execute("PRAGMA journal_mode=OFF")  # a half-written copy is thrown away, never rolled back
                copy.execute("PRAGMA synchronous=OFF")  # `pace` and the flush below see to that

                def step(status: int, remaining: int, total: int) -> None:
                    pace.written(descriptor)
                    report(total - remaining, total)

                source.backup(copy, pages=max(1, PIECE // page_size), progress=step)
        except sqlite3.Error as error:
            raise DatabaseFailed(f"The database cannot be copied to {target}: {error}.") from error
        finally:
            os.close(descriptor)
        flush(target)
        return read_record(target)

    @contextmanager
    def rehearse(self, dump: Path) -> Iterator[Engine]:
        with tempfile.TemporaryDirectory(prefix="storefront-verify-") as folder:
            engine = _engine_of_copy(dump, Path(folder, "database.sqlite"))
            try:
                yield engine
            finally:
                engine.dispose()

    def faults(self, engine: Engine) -> list[str]:
        try:
            with engine.connect() as connection:
                found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
                orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        except DBAPIError as error:
            return [str(error.orig)]
        return found + [f"row {row} of {table}: its {parent} is not there" for table, row, parent, _ in orphans]

    def expect_unused(self) -> None:
        if not self._path.exists():
            return
        try:
            with closing(_open(self._path)) as connection:
                # Leaves WAL, which it may only when nobody else has the file open; the log is then part of the file.
                connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise DatabaseInUse(
                    f"The database {self._path} is in use; stop the shop and its workers first."
                ) from error
        except sqlite3.DatabaseError:
            return  # so damaged that nobody works with it

    def is_empty(self) -> bool:
        if not self._path.exists() or self._path.stat().st_size == 0:
            return True
        try:
            with closing(_open(self._path)) as connection:
                return bool(connection.execute("SELECT count(*) = 0 FROM sqlite_master").fetchone()[0])
        except sqlite3.DatabaseError:
            return False

    def set_up(self, dump: Path) -> Engine:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        for end in ("", "-wal", "-shm", "-journal"):
            self._beside(f".restoring{end}").unlink(missing_ok=True)
        return _engine_of_copy(dump, self._next)

    def put_in_place(self, now: datetime) -> str | None:
        with closing(_open(self._next)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()  # all that is in its log
        flush(self._next)
        self.expect_unused()
        kept = self._set_aside(f".before-{now:%Y%m%dT%H%M%S.%fZ}")
        os.replace(self._next, self._path)
        flush(self._path.parent)
        return kept

    def _set_aside(self, end: str) -> str | None:
        """Other names for the old files; first their log's, which SQLite would else play into the new database."""
        self._beside("-shm").unlink(missing_ok=True)
        for part in ("-wal", "-journal"):
            if self._beside(part).exists():
                os.replace(self._beside(part), self._beside(end + part))
        flush(self._path.parent)
        if not self._path.exists():
            return None
        try:
            os.link(self._path, self._beside(end))  # so that there is a database at every moment
        except OSError:  # of a file system without links
            os.replace(self._path, self._beside(end))
        return str(self._beside(end))


def _open(path: Path) -> sqlite3.Connection:
    """A file that is there; SQLite would make one."""
    return sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=_PATIENCE_SECONDS, isolation_level=None)


def _engine_of_copy(dump: Path, target: Path) -> Engine:
    with dump.open("rb") as source:
        write_file(target, pieces(source))
    return make_engine(f"sqlite:///{target}")
