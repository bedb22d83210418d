"""Rows in bulk, past the ORM: the same values for SQLite (executemany) and PostgreSQL (COPY).

A time is "2026-11-28 11:30:00.000000" in UTC, as SQLAlchemy writes it for SQLite.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table

CHUNK = 20_000
Row = tuple[Any, ...]


def moment(timestamp: float) -> str:
    """Seconds since 1970 -> a value for a column of times."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


@contextmanager
def bulk(connection: Connection, tables: list[Table]) -> Iterator[None]:
    """Takes the indexes of these tables away and makes them again at the end; no foreign key is checked meanwhile."""
    indexes = [index for table in tables for index in table.indexes]
    for index in indexes:
        index.drop(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = replica")
        connection.exec_driver_sql("SET TIME ZONE 'UTC'")
        connection.exec_driver_sql("SET maintenance_work_mem = '512MB'")
    yield
    for index in indexes:
        index.create(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("RESET ALL")
        for table in tables:
            _count_on(connection, table)


def copy_into(connection: Connection, table: Table, columns: tuple[str, ...], rows: Iterable[Row]) -> int:
    """Writes them; how many there were."""
    names = ", ".join(f'"{name}"' for name in columns)
    cursor: Any = connection.connection.cursor()
    count = 0
    if connection.dialect.name == "postgresql":
        with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for count, row in enumerate(rows, 1):  # noqa: B007  # counts
                copy.write_row(row)
        return count
    marks = ", ".join("?" * len(columns))
    ahead = iter(rows)
    while chunk := list(islice(ahead, CHUNK)):
        cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', chunk)
        count += len(chunk)
    return count


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL's sequence goes on where the numbers that were written end."""
    if "id" in table.columns and table.columns["id"].autoincrement:
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), coalesce(max(id), 1)) FROM \"{table.name}\""
            f" WHERE pg_get_serial_sequence('{table.name}', 'id') IS NOT NULL"
        )
