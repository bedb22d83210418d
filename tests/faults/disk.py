"""The shop's database: real SQLite in a folder, with sessions whose steps are fault points, and its earlier states."""

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from tests.faults import places
from tests.faults.kinds import Kind

if TYPE_CHECKING:
    from tests.faults.scheduler import Scheduler

#: How many commits a power loss may take with it, at most.
MOST_LOST = 2


@dataclass(frozen=True)
class DiskSnapshot:
    """What the disk holds, held after the last commits, and held when backups were made."""

    content: bytes
    recent: tuple[bytes, ...]
    backups: tuple[tuple[float, bytes], ...]


class Disk:
    """A file that is a copy of `template` at the beginning of each run."""

    def __init__(self, path: Path, template: Path) -> None:
        self.path = path
        self._template = template
        self.scheduler: Scheduler | None = None
        #: What it held after the last commits, oldest first; and at the moment of a backup, with that moment.
        self._recent: list[bytes] = []
        self.backups: list[tuple[float, bytes]] = []
        self.commits = 0
        self.keeps_recent = False
        self._engine: Engine | None = None
        self._own: sqlite3.Connection | None = None

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def watch(self, engine: Engine, sessions: sessionmaker[Session]) -> None:
        """Every session from here on tells the scheduler what it is about to do."""
        self._engine = engine
        event.listen(engine, "connect", _never_wait)
        event.listen(engine, "before_cursor_execute", self._note_effect)
        sessions.class_ = type("Watched", (WatchedSession, sessions.class_), {"disk": self})

    def _note_effect(self, connection: object, cursor: object, statement: str, *_: object) -> None:
        if self.scheduler is not None and not statement.startswith("BEGIN"):
            self.scheduler.effects += 1

    def start_again(self, scheduler: "Scheduler", snapshot: DiskSnapshot | None = None) -> None:
        """As the template is, or as it was then."""
        self.scheduler, self.commits = scheduler, 0
        if snapshot is None:
            self._recent, self.backups = [], []
            self._replace(lambda: shutil.copyfile(self._template, self.path))
        else:
            self._recent, self.backups = [*snapshot.recent], [*snapshot.backups]
            self._replace(lambda: self.path.write_bytes(snapshot.content))

    def snapshot(self) -> DiskSnapshot:
        """What `start_again` can begin with."""
        return DiskSnapshot(self.content(), (*self._recent,), (*self.backups,))

    def close(self) -> None:
        assert self._engine is not None
        self._engine.dispose()
        if self._own is not None:
            self._own.close()
            self._own = None

    # -- earlier states

    def content(self) -> bytes:
        """Everything that is committed now."""
        return self.own.serialize()

    def note_commit(self) -> None:
        self.commits += 1
        if self.keeps_recent:
            self._recent = [*self._recent[-MOST_LOST:], self.content()]

    def back_up(self, now: float) -> None:
        self.backups.append((now, self.content()))

    def lose(self, commits: int) -> int:
        """The machine comes up without the last commits, at most so many -> how many they were."""
        lost = min(commits, len(self._recent) - 1)
        if lost > 0:
            content = self._recent[-1 - lost]
            self._recent = self._recent[: -lost or None]
            self._replace(lambda: self.path.write_bytes(content))
        return max(lost, 0)

    def restore(self, content: bytes) -> None:
        self._recent = [content]
        self._replace(lambda: self.path.write_bytes(content))

    def _replace(self, write: Any) -> None:
        self.close()
        for end in ("", "-wal", "-shm"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)
        write()

    # -- past the shop

    @property
    def own(self) -> sqlite3.Connection:
        """A connection of the harness's."""
        if self._own is None:
            self._own = sqlite3.connect(self.path, isolation_level=None)
        return self._own

    def ask(self, statement: str, *values: object) -> list[Any]:
        return self.own.execute(statement, values).fetchall()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Another process is writing."""
        self.own.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            self.own.execute("ROLLBACK")


class WatchedSession(Session):
    """The shop's session. Only steps that write (`writing`) are places; nobody else acts while one is open."""

    disk: Disk
    _step: str | None = None

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        if (scheduler := self.disk.scheduler) and (actor := scheduler.current):
            actor.sessions.add(self)

    def connection(self, *args: Any, execution_options: Any = None, **named: Any) -> Connection:
        begins = execution_options and "BEGIN IMMEDIATE" in execution_options.values()
        if begins and (scheduler := self.disk.scheduler) and scheduler.current:
            self._step = _step_name()
            if scheduler.place(f"{self._step}: begin", Kind.BUSY) is Kind.BUSY:
                with self.disk.locked():
                    return super().connection(*args, execution_options=execution_options, **named)
        return super().connection(*args, execution_options=execution_options, **named)

    def commit(self) -> None:
        step, self._step = self._step, None
        scheduler = self.disk.scheduler
        if step is None or scheduler is None:
            super().commit()
            return
        faults = (Kind.COMMIT_FAILS, Kind.CRASH, Kind.PROCESS_CRASH, Kind.POWER_LOSS)
        if scheduler.place(f"{step}: commit", *faults, alone=True) is Kind.COMMIT_FAILS:
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("disk I/O error"))
        super().commit()
        self.disk.note_commit()
        scheduler.nudge()
        scheduler.place(f"{step}: committed", Kind.CRASH, Kind.PROCESS_CRASH, Kind.POWER_LOSS, Kind.RESTORED_BACKUP)


def _step_name() -> str:
    """Which `with writing(...)` of the shop's this is."""
    known = places.commits()
    frame = sys._getframe(2)
    while frame is not None:
        if name := known.get((frame.f_code.co_filename, frame.f_lineno)):
            return name
        frame = frame.f_back
    return places.ELSEWHERE


def _never_wait(connection: Any, record: object) -> None:
    """There is one thread: whoever holds the lock would not go on meanwhile."""
    connection.execute("PRAGMA busy_timeout = 0")
