"""A set of names that may be large, kept in a temporary file beyond a few megabytes: memory stays as it is."""

import sqlite3
from collections.abc import Collection, Iterable
from types import TracebackType
from typing import Self


class Names:
    """Ids that were met in a list. SQLite's database without a name is a temporary one:
    https://sqlite.org/inmemorydb.html#temp_db"""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("CREATE TABLE name (id TEXT PRIMARY KEY) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add(self, names: Iterable[str]) -> None:
        self._file.executemany("INSERT OR IGNORE INTO name VALUES (?)", ((name,) for name in names))

    def known(self, names: Collection[str]) -> set[str]:
        """Those of `names`, a few hundred at most, that were added."""
        marks = ",".join("?" * len(names))
        return {name for (name,) in self._file.execute(f"SELECT id FROM name WHERE id IN ({marks})", list(names))}
