"""The two servers that are compared, each a process of its own under the shop's own waitress settings.

`python -m tests.bench.servers hello` is a bare Pyramid application of one view; `... shop key=value ...` is the shop.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyramid.config import Configurator
from pyramid.response import Response

from storefront import main
from storefront.serving import serve

TICKS = os.sysconf("SC_CLK_TCK")


def hello() -> Any:
    """One view, no tween, nothing else."""
    with Configurator() as config:
        config.add_route("hello", "/")
        config.add_view(lambda request: Response("Hello", content_type="text/plain"), route_name="hello")
    return config.make_wsgi_app()


@dataclass(frozen=True, slots=True)
class Running:
    """A server that was started."""

    process: subprocess.Popen[str]
    host: str
    port: int

    def cpu(self) -> float:
        """Seconds of processor that it has used until now, from Linux's /proc."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def running(*arguments: str) -> Iterator[Running]:
    """Starts one of the two and waits until it listens; ends it at the block's end."""
    command = [sys.executable, "-m", "tests.bench.servers", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            host, _, port = process.stdout.readline().strip().rpartition("://")[2].rpartition(":")
            yield Running(process, host, int(port))
        finally:
            process.terminate()


if __name__ == "__main__":
    kind, *pairs = sys.argv[1:]
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # as the shop's own log is set
    serve(hello() if kind == "hello" else main({}, **dict(pair.split("=", 1) for pair in pairs)), port=0)
