"""What a backup and a restore ask of a database."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine

from storefront.services.shop.backups.files import FileRecord, Pace


class CannotRehearse(Exception):
    """Why a dump cannot be tried out here, though nothing is known to be wrong with it."""


class Database(Protocol):
    """The database of the shop's settings. Every method raises BackupError."""

    #: As SQLAlchemy calls it, and the manifest.
    kind: str
    #: The dump's file in a backup.
    dump_name: str

    def shares_disk(self, folder: Path) -> bool:
        """Whether to write into `folder` is, as far as can be seen, to make the database wait."""

    def snapshot(self) -> AbstractContextManager[Connection]:
        """A connection that sees one moment of the database, and keeps nobody from writing."""

    def dump(self, snapshot: Connection, target: Path, pace: Pace, report: Callable[[int, int], None]) -> FileRecord:
        """Writes that moment into a file."""

    def rehearse(self, dump: Path) -> AbstractContextManager[Engine]:
        """A database made of a dump, beside the shop's, that is gone after the block. Raises CannotRehearse."""

    def faults(self, engine: Engine) -> list[str]:
        """What the database itself finds wrong with one that was made of a dump."""

    def expect_unused(self) -> None:
        """Raises DatabaseInUse while anybody is connected to the shop's database."""

    def is_empty(self) -> bool:
        """Whether there is no table in the shop's database, or no such database."""

    def set_up(self, dump: Path) -> Engine:
        """Makes a database of a dump where put_in_place takes it from; the shop's is not touched."""

    def put_in_place(self, now: datetime) -> str | None:
        """Makes what set_up made the shop's database, at once or not at all.

        Returns where the old one is kept, if there was one.
        """
