"""A folder of backups: which there are, who works in it, and that it is one at all."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from storefront.services.shop.backups import manifest
from storefront.services.shop.backups.errors import BackupBusy, NotABackup
from storefront.services.shop.backups.files import flush, make_folder, write_file
from storefront.services.shop.backups.manifest import Manifest, read_manifest

#: Makes a folder one of backups, and tells a stranger what it is.
MARK = "README.txt"
_MARK_TEXT = """\
Backups of a Storefront record shop: a folder for each, named by its time (UTC), and the files that they share.

  storefront backup --verify FOLDER    proves that they are whole
  storefront restore FOLDER            makes a shop of the newest one

Settings and secrets are not in here.
"""
_LOCK = ".lock"
_NAME = re.compile(r"\d{8}T\d{6}Z")
#: What a new disk has in it.
_HARMLESS = ("lost+found",)


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup of a folder of them."""

    path: Path

    @property
    def name(self) -> str:
        """When it was begun: "20261124T135827Z"."""
        return self.path.name

    @property
    def files(self) -> Path:
        """The folder of the files that it shares with the others."""
        return self.path.parent / "files"

    def read(self) -> Manifest:
        """Raises Damaged, WrongVersion."""
        return read_manifest(self.path)

    def delete(self) -> None:
        """The manifest first: without it nothing of this is a backup, whenever the rest goes."""
        (self.path / manifest.NAME).unlink(missing_ok=True)
        flush(self.path)
        shutil.rmtree(self.path)


class Backups:
    """A folder of backups at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files = path / "files"

    @classmethod
    def prepare(cls, path: Path) -> "Backups":
        """The folder for the next backup, made if it is not there; raises NotABackup if it is somebody else's."""
        make_folder(path)
        foreign = [found for found in path.iterdir() if found.name not in _HARMLESS and not found.name.startswith(".")]
        if foreign and not (path / MARK).is_file():
            raise NotABackup(f"{path} is neither empty nor a folder of backups; name another one.")
        backups = cls(path)
        if not (path / MARK).is_file():
            part = path / f".{MARK}"
            write_file(part, [_MARK_TEXT.encode()])
            os.replace(part, path / MARK)
        make_folder(backups.files)
        flush(path)
        return backups

    @classmethod
    def find(cls, path: Path) -> "tuple[Backups, list[Backup]]":
        """What somebody names: a folder of backups with all that are in it, the newest last, or one backup.

        Raises NotABackup when there is none.
        """
        if _NAME.fullmatch(path.absolute().name) and (path.parent / MARK).is_file():
            if not (path / manifest.NAME).is_file():
                raise NotABackup(f"{path} has no {manifest.NAME}: it is no backup, or one that was not finished.")
            return cls(path.absolute().parent), [Backup(path.absolute())]
        backups = cls(path.absolute())
        finished = backups.finished()
        if not finished:
            raise NotABackup(f"There is no backup in {path}.")
        return backups, finished

    def finished(self) -> list[Backup]:
        """The oldest first."""
        return [Backup(path) for path in self._folders() if (path / manifest.NAME).is_file()]

    def unfinished(self) -> list[Path]:
        """What killed or failed backups left; or one that is being made."""
        return [path for path in self._folders() if not (path / manifest.NAME).is_file()]

    def _folders(self) -> list[Path]:
        if not self.path.is_dir():
            return []
        return sorted(path for path in self.path.iterdir() if _NAME.fullmatch(path.name) and path.is_dir())

    def begin(self, now: datetime) -> Backup:
        """A new one, without a manifest yet. Its name sorts after all that are there, whatever the clock says."""
        newest = max((path.name for path in self._folders()), default="")
        if newest:
            now = max(now, datetime.strptime(f"{newest}+0000", "%Y%m%dT%H%M%SZ%z") + timedelta(seconds=1))
        backup = Backup(self.path / f"{now:%Y%m%dT%H%M%SZ}")
        backup.path.mkdir(mode=0o700)
        return backup

    @contextmanager
    def locked(self, *, alone: bool) -> Iterator[None]:
        """Inside, nobody changes what is here; `alone`: nobody else reads it either. Raises BackupBusy.

        The lock ends with the process, however that ends. A folder that cannot be written needs none to be read.
        """
        flags = os.O_RDWR | os.O_CREAT if alone else os.O_RDONLY
        try:
            descriptor = os.open(self.path / _LOCK, flags, 0o600)
        except FileNotFoundError:  # copied to here without it
            yield
            return
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise BackupBusy(f"Another command is at work in {self.path}.") from None
        finally:
            os.close(descriptor)
