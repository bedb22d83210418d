"""The proof that backups are whole: every digest, every file, and a database that can be made of each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from storefront.models import Album, AlbumPurchase
from storefront.services.shop.backups.contents import needed_keys
from storefront.services.shop.backups.databases import CannotRehearse, Database
from storefront.services.shop.backups.errors import BackupError
from storefront.services.shop.backups.files import FileRecord, Progress, read_record
from storefront.services.shop.backups.folder import Backup, Backups
from storefront.services.shop.backups.manifest import Manifest
from storefront.services.shop.backups.schema import Schema, read_revision


@dataclass(slots=True)
class Verdict:
    """Sentences: what was proven, what could not be tried, and what is wrong."""

    proofs: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def verify_backups(database: Database, path: Path, schema: Schema, progress: Progress) -> Verdict:
    """Looks at a folder of backups, or at one of them, and changes nothing. Raises NotABackup, BackupBusy."""
    backups, found = Backups.find(path)
    verdict = Verdict()
    with backups.locked(alone=False):
        if backups.path == path.absolute():
            verdict.problems += [
                f"{left.name} has no manifest: it is a backup that was not finished; the next one clears it away"
                for left in backups.unfinished()
            ]
        readable = [(backup, manifest) for backup in found if (manifest := _read(backup, verdict))]
        whole = _verify_files(readable, progress, verdict)
        with progress("Databases") as report:
            for count, (backup, manifest) in enumerate(readable, 1):
                if backup.name in whole:
                    _Trial(database, schema, backup, manifest, verdict).run()
                report(count, len(readable))
    return verdict


def _read(backup: Backup, verdict: Verdict) -> Manifest | None:
    try:
        return backup.read()
    except BackupError as error:
        verdict.problems.append(str(error))
        return None


def _verify_files(readable: list[tuple[Backup, Manifest]], progress: Progress, verdict: Verdict) -> set[str]:
    """Reads every file once, whoever shares it; returns the names of the backups whose database is what it was."""
    files: dict[Path, set[FileRecord]] = {}
    for backup, manifest in readable:
        for file, record in files_of(backup, manifest):
            files.setdefault(file, set()).add(record)
    problems = dict(find_damage([(file, record) for file, records in files.items() for record in records], progress))
    verdict.problems += problems.values()
    if readable and not problems:
        count = sum(1 for file in files if file.parent.name == "files")
        verdict.proofs.append(f"{count} files and {len(readable)} databases have the digests that they had")
    return {backup.name for backup, manifest in readable if backup.path / manifest.dump_name not in problems}


def files_of(backup: Backup, manifest: Manifest) -> Iterator[tuple[Path, FileRecord]]:
    """Everything that a backup consists of, beside its manifest."""
    yield backup.path / manifest.dump_name, manifest.dump
    for key, record in manifest.files.items():
        yield backup.files / key, record


def find_damage(files: list[tuple[Path, FileRecord]], progress: Progress) -> Iterator[tuple[Path, str]]:
    """Reads files to their end; those that are not what they were, each with a sentence that names it."""
    total = sum(record.size for _, record in files)
    done = 0
    with progress("Checking") as report:

        def read(size: int) -> None:
            nonlocal done
            done += size
            report(min(done, total), total)

        for path, record in files:
            try:
                found = read_record(path, read)
            except FileNotFoundError:
                yield path, f"{path} is missing"
                continue
            except OSError as error:
                yield path, f"{path} cannot be read: {error.strerror}"
                continue
            if found.size != record.size:
                yield path, f"{path} is damaged: it has {found.size} bytes instead of {record.size}"
            elif found.sha256 != record.sha256:
                yield path, f"{path} is damaged: its SHA-256 is {found.sha256} instead of {record.sha256}"


class _Trial:
    """One backup's database, made anew beside the shop's and looked at."""

    def __init__(
        self, database: Database, schema: Schema, backup: Backup, manifest: Manifest, verdict: Verdict
    ) -> None:
        self._database = database
        self._schema = schema
        self._backup = backup
        self._manifest = manifest
        self._verdict = verdict

    def run(self) -> None:
        name = self._backup.name
        try:
            if self._manifest.kind != self._database.kind:
                raise CannotRehearse(f"it is of {self._manifest.kind}, and the settings name a {self._database.kind}")
            with self._complaining(), self._database.rehearse(self._backup.path / self._manifest.dump_name) as engine:
                faults = self._database.faults(engine)
                if not faults:
                    with engine.connect() as connection:
                        faults = list(self._faults_of_rows(connection))
                if not faults:
                    self._schema.upgrade(engine)
                    with engine.connect() as connection:
                        self._verdict.proofs.append(f"{name}: a database was made of it, {_contents(connection)}")
                self._verdict.problems += [f"{name}: {fault}" for fault in faults]
        except CannotRehearse as reason:
            self._verdict.doubts.append(f"{name}: no database was made of it, for {reason}")

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        try:
            yield
        except BackupError as error:
            self._verdict.problems.append(f"{self._backup.name}: {error}")
        except DBAPIError as error:
            self._verdict.problems.append(f"{self._backup.name}: {error.orig}")

    def _faults_of_rows(self, connection: Connection) -> Iterator[str]:
        revision = read_revision(connection)
        self._schema.expect_known(revision, "its database", self._manifest.storefront)
        if revision != self._manifest.schema:
            yield f"its database has the schema {revision}, and its manifest says {self._manifest.schema}"
        for key in needed_keys(connection):
            if key not in self._manifest.files:
                yield f"its rows name {key}, which it does not have"


def _contents(connection: Connection) -> str:
    albums, purchases = (connection.scalar(select(func.count()).select_from(table)) for table in (Album, AlbumPurchase))
    return f"with {albums} albums and {purchases} purchases, and every file that its rows name is there"
