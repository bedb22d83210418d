"""PostgreSQL's own programs: found, of a version that fits, and run without a password that others could read.

https://www.postgresql.org/docs/current/app-pgdump.html
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import URL, Engine

from storefront.services.shop.backups.errors import ToolFailed

INSTALL = (
    "install PostgreSQL's client programs (on Debian and Ubuntu: apt-get install postgresql-client-{major}), or name "
    "their folder by --postgres-tools"
)


class Tools:
    """pg_dump, pg_restore and psql for one server."""

    def __init__(self, engine: Engine, folder: str | None) -> None:
        self._engine = engine
        self._folder = folder

    def find(self, name: str) -> str:
        """The program's path. Raises ToolFailed when it is missing or older than the server, which it must not be."""
        server = self._server_major()
        install = INSTALL.format(major=server)
        path = shutil.which(name, path=self._folder)
        if path is None:
            raise ToolFailed(f"There is no {name}: {install}.")
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"\b(\d+)(?:\.\d+|devel|beta\d|rc\d)", told)
        if version is None or int(version[1]) < server:
            raise ToolFailed(f"{path} is {told.strip() or 'broken'}, and the server is PostgreSQL {server}: {install}.")
        return path

    def _server_major(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10000

    def stream(self, name: str, *arguments: str, url: URL | None = None) -> Generator[bytes]:
        """What a program writes, as it writes it; at the end raises ToolFailed if it failed. `url` is its database."""
        path = self.find(name)
        with _connection_of(self._engine, url) as options, tempfile.TemporaryFile() as errors:
            command = [path, *arguments, *options] if url else [path, *arguments]
            with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors) as process:
                assert process.stdout
                try:
                    while piece := process.stdout.read(64 * 1024):
                        yield piece
                except BaseException:
                    process.kill()
                    raise
            if process.returncode:
                raise ToolFailed(f"{path} failed: {_complaint(errors)}")

    def run_sql(self, url: URL, script: Iterable[bytes]) -> None:
        """Has psql run a script, which it never sees the end of if making the script fails; raises ToolFailed."""
        path = self.find("psql")
        command = [path, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-"]
        with _connection_of(self._engine, url) as options, tempfile.TemporaryFile() as errors:
            with subprocess.Popen([*command, *options], stdin=subprocess.PIPE, stderr=errors) as process:
                assert process.stdin
                try:
                    for piece in script:
                        process.stdin.write(piece)
                    process.stdin.close()
                except BrokenPipeError:
                    pass  # psql has ended; its complaint says why
                except BaseException:
                    process.kill()
                    raise
            if process.returncode:
                raise ToolFailed(f"{path} failed: {_complaint(errors)}")


def _complaint(errors: IO[bytes]) -> str:
    errors.seek(0)
    text = errors.read().decode("utf-8", "replace").strip()
    return " ".join(text.splitlines()[:3]) or "it did not say why"


@contextmanager
def _connection_of(engine: Engine, url: URL | None) -> Iterator[list[str]]:
    """The options that connect a program: a password goes by a file, since everybody on the machine sees arguments."""
    if url is None:
        yield []
        return
    _, parameters = engine.dialect.create_connect_args(url)
    password = parameters.pop("password", None)
    with tempfile.TemporaryDirectory(prefix="storefront-") as folder:
        if password is not None:
            passfile = Path(folder, "pgpass")  # the folder is its owner's alone, and so must the file be for libpq
            passfile.touch(0o600)
            passfile.write_text(f"*:*:*:*:{_escape(str(password), ':')}\n", "utf-8")
            parameters["passfile"] = str(passfile)
        words = {key: value for key, value in parameters.items() if isinstance(value, str | int)}
        conninfo = " ".join(f"""{key}='{_escape(str(value), "'")}'""" for key, value in words.items())
        yield ["--no-password", f"--dbname={conninfo}"]


def _escape(text: str, special: str) -> str:
    """As libpq wants it: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE"""
    return text.replace("\\", "\\\\").replace(special, f"\\{special}")
