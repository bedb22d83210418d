"""The whole shop as `storefront run` starts it: web server, worker and sandbox as processes, on free ports."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from storefront.cli.processes import Processes
from storefront.migrations import upgrade
from storefront.settings import child_environment, read_settings
from storefront.wiring import Wiring, wire
from tests.support.mailbox import Mailbox
from tests.support.sandbox import Sandbox


@dataclass(frozen=True)
class Shop:
    """A running shop. `wiring` is the test's own way to its database and files."""

    url: str
    #: Of every web process over the same database; the first is `url`.
    urls: tuple[str, ...]
    sandbox: Sandbox
    mailbox: Mailbox
    wiring: Wiring
    processes: Processes
    #: Name of a process -> the command that started it.
    commands: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> list[str]:
        """Of the shop's own processes."""
        return [name for name in self.commands if name != "sandbox"]

    def kill(self, name: str) -> None:
        """SIGKILL: nothing is finished, nothing is closed."""
        child = self.processes.children.pop(name)
        child.kill()
        child.wait()

    def start(self, name: str) -> None:
        """Starts what was killed; it answers when it does."""
        self.processes.start(name, *self.commands[name])


@contextmanager
def running_shop(
    folder: Path, *, database_url: str | None = None, web_processes: int = 1, kind: type[Processes] = Processes
) -> Iterator[Shop]:
    """Starts a shop without albums in `folder`; `database_url` is a migrated database, by default an SQLite file.

    Stripe's messages go to the first web process.
    """
    ports = free_ports(web_processes + 1)
    urls = tuple(f"http://127.0.0.1:{port}" for port in ports[1:])
    sandbox = f"http://127.0.0.1:{ports[0]}"
    ini = {
        "sqlalchemy.url": database_url or f"sqlite:///{folder / 'shop.sqlite'}",
        "storage.url": str(folder / "files"),
        "uploads.folder": str(folder / "uploads"),
        "mail.url": f"spool://{folder / 'mail'}",
        "base_url": urls[0],
        "jobs.inline": "false",
        "stripe.api_base": sandbox,
        "stripe.js_url": f"{sandbox}/endive/stripe.js",
    }
    settings = read_settings(ini)
    wiring = wire(settings)
    if database_url is None:
        upgrade(wiring.engine)
    processes = kind(
        child_environment(
            database_url=settings.database_url,
            storage_url=settings.storage_url,
            uploads_folder=settings.uploads_folder,
            mail_url=settings.mail_url,
            base_url=settings.base_url,
            jobs_inline="false",
            stripe_api_base=settings.stripe_api_base,
            stripe_js_url=settings.stripe_js_url,
        )
    )
    commands = {
        "sandbox": ("sandbox", "--port", str(ports[0]), "--database", str(folder / "sandbox.sqlite")),
        "worker": ("worker",),
        **{f"web {number}": ("serve", "--listen", url[len("http://") :]) for number, url in enumerate(urls)},
    }
    try:
        for name, command in commands.items():
            processes.start(name, *command)
        processes.wait_until_answers("sandbox", f"{sandbox}/_sandbox/health")
        for number, url in enumerate(urls):
            processes.wait_until_answers(f"web {number}", url)
        yield Shop(urls[0], urls, Sandbox(sandbox), Mailbox(folder / "mail"), wiring, processes, commands)
        processes.check()
    finally:
        processes.stop()
        wiring.engine.dispose()


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in sockets]
    for listener in sockets:
        listener.close()
    return ports
