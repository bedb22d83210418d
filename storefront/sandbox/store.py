"""Everything that the sandbox knows, in one SQLite file: WAL, so that it survives a kill at any moment.

Objects are kept as the JSON documents that the API answers, with what Stripe keeps to itself (`hidden`) beside them.
One connection per thread; a write is a `transaction()`.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .errors import Json, StripeError

SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, created INTEGER NOT NULL,
    body TEXT NOT NULL, hidden TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS object_kind ON object (kind, seq);
CREATE TABLE IF NOT EXISTS saved_answer (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    created INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS scheduled (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, due REAL NOT NULL, task TEXT NOT NULL, object TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS scheduled_due ON scheduled (due, seq);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL, due REAL,
    attempts INTEGER NOT NULL DEFAULT 0, last_status INTEGER, delivered INTEGER NOT NULL DEFAULT 0,
    after_next INTEGER NOT NULL DEFAULT 0, UNIQUE (event, endpoint));
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due);
CREATE TABLE IF NOT EXISTS request_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, at REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    idempotency_key TEXT, body_sha256 TEXT NOT NULL, status INTEGER, replayed INTEGER NOT NULL, fault TEXT);
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY AUTOINCREMENT, method TEXT, endpoint TEXT NOT NULL, kind TEXT NOT NULL,
    remaining INTEGER NOT NULL, seconds REAL NOT NULL);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
#: of the tables: it grows with every change to them
VERSION = 2
TABLES = ("object", "saved_answer", "scheduled", "delivery", "request_log", "fault", "setting")


class Store:
    """The file, and a connection to it for each thread that asks."""

    def __init__(self, path: str, synchronous: str = "NORMAL") -> None:
        self.path = path
        self._synchronous = synchronous
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._prepare()

    def _prepare(self) -> None:
        """Makes the tables; a file of another version is begun anew."""
        [version] = self.connection.execute("PRAGMA user_version").fetchone()
        if version != VERSION:
            for table in TABLES:
                self.connection.execute(f"DROP TABLE IF EXISTS {table}")
        self.connection.executescript(f"{SCHEMA} PRAGMA user_version = {VERSION};")

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection; SQL that has no method of its own goes through it."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            # only close() touches a connection from another thread
            connection = sqlite3.connect(self.path, isolation_level=None, timeout=10, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")  # only a power cut might lose something
            self._local.connection = connection
            self._opened.append(connection)
        return connection

    def close(self) -> None:
        """Ends all connections, when no thread is at work; whoever asks again gets a new one."""
        self._local = threading.local()
        while self._opened:
            self._opened.pop().close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One write, whole or not at all."""
        with self._block("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
            yield

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of a transaction, undone when it fails; a declined card is a failure that is kept."""
        with self._block("SAVEPOINT part", "RELEASE part", "ROLLBACK TO part; RELEASE part"):
            yield

    @contextmanager
    def _block(self, begin: str, commit: str, undo: str) -> Iterator[None]:
        self.connection.execute(begin)
        try:
            yield
        except BaseException as error:
            keep = isinstance(error, StripeError) and error.keeps_changes
            for statement in (commit if keep else undo).split("; "):
                self.connection.execute(statement)
            raise
        self.connection.execute(commit)

    # -- objects

    def insert(self, body: Json, **hidden: Any) -> Json:
        """A new object; `hidden` is what the API never shows of it."""
        self.connection.execute(
            "INSERT INTO object (id, kind, created, body, hidden) VALUES (?, ?, ?, ?, ?)",
            (body["id"], body["object"], body["created"], json.dumps(body), json.dumps(hidden)),
        )
        return body

    def update(self, body: Json, **hidden: Any) -> Json:
        """The object as it is now; given names of `hidden` are added to what is hidden."""
        self.connection.execute(
            "UPDATE object SET body = ?, hidden = json_patch(hidden, ?) WHERE id = ?",
            (json.dumps(body), json.dumps(hidden), body["id"]),
        )
        return body

    def delete(self, object_id: str) -> None:
        """The object is gone."""
        self.connection.execute("DELETE FROM object WHERE id = ?", (object_id,))

    def find(self, kind: str, object_id: str) -> Json | None:
        """The object of that id, if it is of that kind."""
        row = self.connection.execute("SELECT body FROM object WHERE id = ? AND kind = ?", (object_id, kind)).fetchone()
        return None if row is None else json.loads(row["body"])

    def find_any(self, object_id: str) -> Json | None:
        """The object of that id, whatever it is."""
        row = self.connection.execute("SELECT body FROM object WHERE id = ?", (object_id,)).fetchone()
        return None if row is None else json.loads(row["body"])

    def hidden(self, object_id: str) -> Json:
        """What is kept of the object but never shown."""
        row = self.connection.execute("SELECT hidden FROM object WHERE id = ?", (object_id,)).fetchone()
        return {} if row is None else json.loads(row["hidden"])

    def position(self, kind: str, object_id: str) -> int | None:
        """Where the object stands in the order of creation."""
        row = self.connection.execute("SELECT seq FROM object WHERE id = ? AND kind = ?", (object_id, kind)).fetchone()
        return None if row is None else row["seq"]

    def select(
        self,
        kind: str,
        where: str = "1",
        values: Mapping[str, Any] | None = None,
        *,
        order: str = "DESC",
        limit: int = -1,
    ) -> list[Json]:
        """Objects of a kind, newest first; `where` is SQL over object (json_extract(body, ...) reaches the fields)."""
        rows = self.connection.execute(
            f"SELECT body FROM object WHERE kind = :kind AND ({where}) ORDER BY seq {order} LIMIT :limit",
            {"kind": kind, "limit": limit, **(values or {})},
        )
        return [json.loads(row["body"]) for row in rows]

    def of_charge(self, kind: str, charge_id: str) -> list[Json]:
        """Objects of a kind that are about a charge, oldest first."""
        return self.select(kind, "json_extract(body, '$.charge') = :charge", {"charge": charge_id}, order="ASC")

    def count(self) -> int:
        """How many objects there are."""
        return int(self.connection.execute("SELECT count(*) FROM object").fetchone()[0])

    # -- settings that outlive the process

    def setting(self, name: str, default: str) -> str:
        """A value that was kept."""
        row = self.connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return default if row is None else row["value"]

    def keep_setting(self, name: str, value: str) -> None:
        """Keep a value."""
        self.connection.execute(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
        )

    def clear(self) -> None:
        """Forget everything; inside a transaction."""
        for table in TABLES:
            self.connection.execute(f"DELETE FROM {table}")
