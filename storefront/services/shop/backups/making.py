"""A backup is made: the database at one moment, then the files that its rows name."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from storefront.services.shop.backups.contents import digest_in, needed_keys
from storefront.services.shop.backups.databases import Database
from storefront.services.shop.backups.errors import BackupError, Damaged, Incomplete
from storefront.services.shop.backups.files import FileRecord, Pace, Progress, flush, pieces, read_record, write_file
from storefront.services.shop.backups.folder import Backup, Backups
from storefront.services.shop.backups.manifest import Manifest, write_manifest
from storefront.services.shop.backups.schema import Schema, read_revision
from storefront.storage import MissingFile, Storage

_PART = ".part"


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """`files` belong to it, `new_files` of them were copied now; `new_bytes` were written, the database's too."""

    path: Path
    files: int
    new_files: int
    new_bytes: int


def make_backup(database: Database, storage: Storage, folder: Path, schema: Schema, progress: Progress) -> MadeBackup:
    """Makes one more backup in `folder`. Raises BackupError or OSError; those that were there are still there then."""
    backups = Backups.prepare(folder)
    with backups.locked(alone=True):
        for left in backups.unfinished():
            shutil.rmtree(left)
        known = known_files(backups.finished())
        backup = backups.begin(datetime.now(UTC))
        pace = Pace(gentle=database.shares_disk(folder))
        manifest, keys = _dump(database, backup, schema, pace, progress)
        copier = _Copier(storage, backups.files, known, pace)
        manifest.files.update(copier.take(keys, progress))
        write_manifest(backup.path, manifest)
    return MadeBackup(
        path=backup.path,
        files=len(manifest.files),
        new_files=copier.new_files,
        new_bytes=manifest.dump.size + copier.new_bytes,
    )


def known_files(finished: Iterable[Backup]) -> dict[str, FileRecord]:
    """What the backups that are there say of the files that they share; a damaged manifest says nothing."""
    known: dict[str, FileRecord] = {}
    for backup in finished:
        try:
            known.update(backup.read().files)
        except BackupError:
            continue
    return known


def _dump(
    database: Database, backup: Backup, schema: Schema, pace: Pace, progress: Progress
) -> tuple[Manifest, list[str]]:
    """The database's file, and the keys that its rows name. Its transaction ends here, before the files are copied."""
    storefront = version("storefront")
    made = datetime.now(UTC)
    with database.snapshot() as connection:
        revision = read_revision(connection)
        schema.expect_known(revision, "The database", storefront)
        with progress("Database") as report:
            dump = database.dump(connection, backup.path / database.dump_name, pace, report)
        keys = needed_keys(connection)
    return Manifest(made, storefront, revision, database.kind, dump, {}), keys


class _Copier:
    """Copies files from the storage into a folder of backups, each once; `known` is what is there already."""

    def __init__(self, storage: Storage, folder: Path, known: dict[str, FileRecord], pace: Pace) -> None:
        self._storage = storage
        self._folder = folder
        self._known = known
        self._pace = pace
        self.new_files = 0
        self.new_bytes = 0

    def take(self, keys: list[str], progress: Progress) -> Iterator[tuple[str, FileRecord]]:
        """Every key with what is under it; raises Incomplete with all that is missing, once the others are copied."""
        problems = []
        with progress("Files") as report:
            for count, key in enumerate(keys, 1):
                try:
                    yield key, self._present(key) or self._copy(key)
                except MissingFile:
                    problems.append(f"{key} is missing")
                except Damaged as damaged:
                    problems.append(str(damaged))
                report(count, len(keys))
        flush(self._folder)
        if problems:
            raise Incomplete("There is no backup, for the shop lacks files of its own:", problems)

    def _present(self, key: str) -> FileRecord | None:
        """What an earlier backup copied, or one that was killed later."""
        path = self._folder / key
        record = self._known.get(key)
        try:
            if record is None:
                record = read_record(path)
            expected = digest_in(key)
            return record if record.size == path.stat().st_size and expected in (None, record.sha256) else None
        except FileNotFoundError:
            return None

    def _copy(self, key: str) -> FileRecord:
        part = self._folder / _PART
        with closing(self._storage.open(key)) as source:
            record = write_file(part, pieces(source), self._pace)
        expected = digest_in(key)
        if expected not in (None, record.sha256):
            part.unlink()
            raise Damaged(f"{key} is damaged: its SHA-256 is {record.sha256}")
        os.replace(part, self._folder / key)
        self.new_files += 1
        self.new_bytes += record.size
        return record
