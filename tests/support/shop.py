"""The whole shop as `storefront run` starts it: web server, worker and sandbox as processes, on free ports."""

import socket
from collections.abc import Iterator
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


@contextmanager
def running_shop(folder: Path, *, database_url: str | None = None, web_processes: int = 1) -> Iterator[Shop]:
    """Starts a shop without albums in `folder`; `database_url` is a migrated database, by default an SQLite file."""
    ports = free_ports(web_processes + 1)
    urls = tuple(f"http://127.0.0.1:{port}" for port in ports[1:])
    sandbox = f"http://127.0.0.1:{ports[0]}"
    ini = {
        "sqlalchemy.url": database_url or f"sqlite:///{folder / 'shop.sqlite'}",
        "storage.url": str(folder / "files"),
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
    processes = Processes(
        child_environment(
            database_url=settings.database_url,
            storage_url=settings.storage_url,
            mail_url=settings.mail_url,
            base_url=settings.base_url,
            jobs_inline="false",
            stripe_api_base=settings.stripe_api_base,
            stripe_js_url=settings.stripe_js_url,
        )
    )
    try:
        processes.start("sandbox", "sandbox", "--port", str(ports[0]), "--database", str(folder / "sandbox.sqlite"))
        processes.start("worker", "worker")
        for number, url in enumerate(urls):
            processes.start(f"web {number}", "serve", "--listen", url.removeprefix("http://"))
        processes.wait_until_answers("sandbox", f"{sandbox}/_sandbox/health")
        for number, url in enumerate(urls):
            processes.wait_until_answers(f"web {number}", url)
        yield Shop(urls[0], urls, Sandbox(sandbox), Mailbox(folder / "mail"), wiring, processes)
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
