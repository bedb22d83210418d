"""A shop is made of a backup: everything is checked, the files come first, and the database last, at once."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from storefront.models import make_sessions
from storefront.services.shop.backups.contents import needed_keys
from storefront.services.shop.backups.databases import Database
from storefront.services.shop.backups.errors import Damaged, NotEmpty, WrongVersion
from storefront.services.shop.backups.files import FileRecord, Progress, read_record
from storefront.services.shop.backups.folder import Backup, Backups
from storefront.services.shop.backups.manifest import Manifest
from storefront.services.shop.backups.reopening import expect_lost_days
from storefront.services.shop.backups.schema import Schema
from storefront.services.shop.backups.verification import files_of, find_damage
from storefront.storage import MissingFile, Storage


@dataclass(frozen=True, slots=True)
class Restored:
    """`new_files` were not in the storage already; `kept` is where the old database is, if there was one."""

    name: str
    made: datetime
    schema: str
    files: int
    new_files: int
    size: int
    kept: str | None


def restore_backup(
    database: Database, storage: Storage, path: Path, schema: Schema, progress: Progress, *, force: bool = False
) -> Restored:
    """Makes a shop of the newest backup of a folder, or of the backup at `path`.

    Killed at any moment it can be run again. Raises BackupError or OSError; the shop's database is what it was then.
    """
    backups, found = Backups.find(path)
    backup = found[-1]
    with backups.locked(alone=False):
        manifest = backup.read()
        _expect_fitting(manifest, database, schema)
        if not force:
            _expect_nothing_there(manifest, database, storage)
        database.expect_unused()
        if damage := [sentence for _, sentence in find_damage(list(files_of(backup, manifest)), progress)]:
            raise Damaged(f"{backup.path} is damaged, and nothing was restored:", damage)
        new_files = _restore_files(backup, manifest, storage, progress)
        with progress("Database") as report:
            kept = _restore_database(backup, manifest, database, schema)
            report(1, 1)
    return Restored(backup.name, manifest.made, manifest.schema, len(manifest.files), new_files, manifest.size, kept)


def _expect_fitting(manifest: Manifest, database: Database, schema: Schema) -> None:
    schema.expect_known(manifest.schema, "The backup", version("storefront"))
    if manifest.kind != database.kind:
        raise WrongVersion(
            f"The backup is of a {manifest.kind} database, and the settings name one of {database.kind}; "
            "restore it to the same kind."
        )


def _expect_nothing_there(manifest: Manifest, database: Database, storage: Storage) -> None:
    """What a killed restore left does not count: files that this backup has are put again, whatever they are now."""
    if not database.is_empty():
        raise NotEmpty("The database has tables already. Nothing was restored; --force puts the backup in its place.")
    foreign = next((key for key in storage.all_keys() if key not in manifest.files), None)
    if foreign is not None:
        raise NotEmpty(
            f"The storage has files already that the backup does not know, {foreign} for one. Nothing was restored; "
            "--force restores beside them."
        )


def _restore_files(backup: Backup, manifest: Manifest, storage: Storage, progress: Progress) -> int:
    """How many were not there already."""
    count = 0
    with progress("Files") as report:
        for number, (key, record) in enumerate(manifest.files.items(), 1):
            if not _holds(storage, key, record):
                storage.delete(key)  # what is under a key stays when it is put again, and this is damaged
                storage.put(key, backup.files / key)
                count += 1
            report(number, len(manifest.files))
    return count


def _holds(storage: Storage, key: str, record: FileRecord) -> bool:
    try:
        if storage.size(key) != record.size:
            return False
        with storage.local_path(key) as path:
            return read_record(path) == record
    except MissingFile:
        return False


def _restore_database(backup: Backup, manifest: Manifest, database: Database, schema: Schema) -> str | None:
    """Complete, checked and closed for sales before it is put in place; returns where the old one is kept."""
    now = datetime.now(UTC)
    engine = database.set_up(backup.path / manifest.dump_name)
    try:
        faults = database.faults(engine)
        schema.upgrade(engine)
        with engine.connect() as connection:
            faults += [f"its rows name {key}" for key in needed_keys(connection) if key not in manifest.files]
        if faults:
            raise Damaged(f"{backup.path} cannot be restored:", faults)
        with make_sessions(engine)() as session:
            expect_lost_days(session, manifest.made, now)
    finally:
        engine.dispose()
    return database.put_in_place(now)
