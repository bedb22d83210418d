"""The web server: waitress, set for a shop, which on SIGTERM lets the requests at work finish.

waitress itself ends at once on SIGTERM, in the middle of an answer. `pserve` runs it where the ini file's [server:main]
says `use = egg:storefront`; `storefront serve` needs no ini file.
"""

import gc
import logging
import os
import resource
import select
import signal
import socket
import sys
import threading
import time
from types import FrameType
from typing import Any

from waitress.server import create_server
from waitress.wasyncore import dispatcher, loop

from storefront import main
from storefront.serving.channel import Channel
from storefront.settings import BadSettings
from storefront.wiring import DatabaseNotReady

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
PORT = 6543
#: Any of waitress's arguments may be set beside these in the ini file; https://docs.pylonsproject.org/projects/waitress/en/stable/arguments.html
DEFAULTS: dict[str, Any] = {
    "threads": 16,  # a buyer who waits for Stripe holds one for a second or two
    "connection_limit": 2000,  # the default of 100 is 98 downloads, and then nobody gets a page
    "asyncore_use_poll": True,  # more connections than select() can count
    "channel_timeout": 15,  # seconds that a silent connection is kept
    "cleanup_interval": 5,
    "max_request_body_size": 2
    * 1024
    * 1024,  # more than any form: the form that is too large is answered before it has all been sent
    "max_request_header_size": 64 * 1024,
    "clear_untrusted_proxy_headers": True,
    "ident": None,
}
#: What the kernel buffers for one slow client: by default up to 3.9 MB, which no process's memory shows.
SEND_BUFFER = 128 * 1024
#: Beside the connections and the files that are sent over them: the database, the log, modules.
OTHER_FILES = 200
#: How long the answers at work may take once the server was told to stop.
DRAIN_SECONDS = 30.0


class Server:
    """A WSGI application that listens; port 0 takes a free one. Raises OSError when the port is taken."""

    def __init__(self, app: Any, host: str = HOST, port: int = PORT, **options: Any) -> None:
        if "*" in str(options.get("trusted_proxy", "")).split():
            raise ValueError("trusted_proxy = * would believe any client's X-Forwarded-For; name the proxy's address")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=1024)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.host, self.port = self._listener.getsockname()[:2]
        arguments = {**DEFAULTS, **options}
        arguments["connection_limit"] = _room_for(int(arguments["connection_limit"]))
        self._server = create_server(app, sockets=[self._listener], **arguments)
        self._server.channel_class = Channel
        self._stopping = False
        self._ending = threading.RLock()  # a signal's handler may interrupt its own thread

    def run(self) -> None:
        """Serves until stop() is called, then answers what was already asked."""
        while not self._stopping:
            self._step(1)
        self._drain()
        self._server.task_dispatcher.shutdown()
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        with self._ending:
            self._server.trigger.close()
        self._listener.close()

    def stop(self) -> None:
        """From another thread or a signal's handler; a second time does nothing."""
        with self._ending:
            if not self._stopping:
                self._stopping = True
                self._server.pull_trigger()

    def _step(self, seconds: float) -> None:
        loop(timeout=seconds, use_poll=True, map=self._server._map, count=1)

    def _drain(self) -> None:
        waiting = select.poll()
        waiting.register(self._listener, select.POLLIN)
        while waiting.poll(0):  # who connected before, is let in
            self._step(0)
        dispatcher.close(self._server)
        end = time.monotonic() + DRAIN_SECONDS
        self._step(0)
        while self._at_work() and time.monotonic() < end:
            self._step(0.1)
        if left := self._at_work():
            log.warning("stopped with %d answers unfinished after %d s", left, DRAIN_SECONDS)

    def _at_work(self) -> int:
        """How many connections still have an answer to get; the others are closed."""
        channels = list(self._server.active_channels.values())
        busy = [channel for channel in channels if channel.requests or channel.request or channel.total_outbufs_len]
        for channel in channels:
            if channel not in busy:
                channel.will_close = True
        return len(busy)


def _room_for(connections: int) -> int:
    """How many connections this process may have at once, each with a file, of those that are wanted.

    Many systems allow 1024 open files unless a program asks for more; beyond that no page, too, could be answered.
    """
    wanted = 2 * connections + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        if soft < wanted:
            connections = max(1, (soft - OTHER_FILES) // 2)
            log.warning("this system allows %d open files: at most %d connections at once", soft, connections)
    return connections


def serve(app: Any, host: str = HOST, port: int = PORT, **options: Any) -> None:
    """Serves until SIGTERM or SIGINT; a second signal ends it at once."""
    server = Server(app, host, port, **options)
    gc.collect()
    gc.freeze()  # modules and mappers stay: looking through them now and then stops all answers for a tenth of a second

    def stop(number: int, frame: FrameType | None) -> None:
        if server._stopping:
            sys.exit(1)
        server.stop()

    signal.signal(signal.SIGTERM, stop)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # ignored where a parent process decides
        signal.signal(signal.SIGINT, stop)
    print(f"Serving on http://{server.host}:{server.port}", flush=True)
    server.run()


def make_app(global_config: dict[str, str], **settings: str) -> Any:
    """What `use = egg:storefront` of an ini file's [app:main] makes: the shop, or an end with all that is wrong."""
    try:
        return main(global_config, **settings)
    except BadSettings as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except DatabaseNotReady as error:
        print(error, file=sys.stderr)
        sys.exit(1)


def serve_paste(app: Any, global_config: dict[str, str], **options: str) -> int:
    """Called by pserve with what stands in the ini file's [server:main]; returns an exit code."""
    listen = options.pop("listen", f"{HOST}:{PORT}")
    host, _, port = listen.rpartition(":")
    try:
        serve(app, host.strip("[]"), int(port), **options)
    except OSError as error:
        print(f"Cannot listen on {listen}: {os.strerror(error.errno or 0).lower()}.", file=sys.stderr)
        return 1
    return 0
