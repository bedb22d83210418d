"""The files of uploads on disk, each under a random name, growing chunk by chunk. Their sizes say what has come."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from storefront.services.catalogue.uploading.errors import DiskFull, FileTooLarge, WrongOffset

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Parts:
    """A folder with a folder for each upload. Safe for several processes: an append holds the file's lock.

    `largest` is what one file may have, `keep_free` what is left on the disk whatever comes, both in bytes.
    """

    def __init__(self, folder: Path, *, largest: int, keep_free: int) -> None:
        self._folder = folder.absolute()
        self.largest = largest
        self._keep_free = keep_free

    def path(self, upload: str, file: str) -> Path:
        """Of a file, by the public ids."""
        return self._folder / upload / file

    def received(self, upload: str, file: str) -> int:
        """How many bytes of it are here."""
        try:
            return self.path(upload, file).stat().st_size
        except FileNotFoundError:
            return 0

    def expect_room(self, size: int) -> None:
        """Raises FileTooLarge or DiskFull for a file of which so many bytes are to come."""
        if size > self.largest:
            raise FileTooLarge(f"It is larger than {self.largest // 1_000_000:,} MB, the most that this shop takes.")
        self._folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free - size < self._keep_free:
            raise DiskFull

    def append(self, upload: str, file: str, offset: int, data: bytes) -> int:
        """Writes a chunk behind what is there, onto the disk; how many bytes there are then.

        Raises WrongOffset, and DiskFull with the file as it was.
        """
        self.expect_room(len(data))
        path = self.path(upload, file)
        try:
            path.parent.mkdir(exist_ok=True)
            with path.open("ab", buffering=0) as part:
                fcntl.flock(part, fcntl.LOCK_EX)
                before = os.fstat(part.fileno()).st_size
                if before != offset:
                    raise WrongOffset(before)
                self._write(part.fileno(), before, data)
        except OSError as error:
            if error.errno in NO_ROOM:
                raise DiskFull from error
            raise
        return offset + len(data)

    @staticmethod
    def _write(descriptor: int, before: int, data: bytes) -> None:
        """All of it or nothing, and not only in the system's memory: the browser will not send it again."""
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(descriptor, left) :]
            os.fdatasync(descriptor)
        except OSError:
            os.ftruncate(descriptor, before)
            raise

    def forget(self, upload: str, file: str) -> None:
        """Deletes what has come of a file."""
        self.path(upload, file).unlink(missing_ok=True)

    def forget_all(self, upload: str) -> None:
        """Deletes what has come of an upload."""
        shutil.rmtree(self._folder / upload, ignore_errors=True)

    def last_touched(self) -> Iterator[tuple[str, datetime]]:
        """Every upload that there is a folder of, and when something last came."""
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            yield folder.name, self.touched(folder.name)

    def touched(self, upload: str) -> datetime:
        """When something last came; of what there is no folder of, the beginning of time."""
        folder = self._folder / upload
        moments = [path.stat().st_mtime for path in (folder, *folder.iterdir())] if folder.is_dir() else [0.0]
        return datetime.fromtimestamp(max(moments), UTC)
