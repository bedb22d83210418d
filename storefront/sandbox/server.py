"""Runs the sandbox under waitress, on loopback only: nothing here is meant for anybody but this machine."""

import socket
import threading
from typing import Any, Self

from waitress import create_server, wasyncore

from .clerk import Clerk
from .settings import DEFAULT_PORT

HOST = "127.0.0.1"
THREADS = 8


class Server:
    """A sandbox that listens; port 0 takes a free one. A context manager runs it in a thread, for tests."""

    def __init__(self, app: Any, port: int = DEFAULT_PORT) -> None:
        self.app = app
        listener = socket.create_server((HOST, port))  # whoever finds the port taken is told by the OSError
        self._server = create_server(app, sockets=[listener], threads=THREADS, ident="", log_socket_errors=False)
        self.port = int(self._server.effective_port)
        self._clerk = Clerk(app.registry.sandbox)

    @property
    def address(self) -> str:
        """`http://127.0.0.1:6544`."""
        return f"http://{HOST}:{self.port}"

    def run(self) -> None:
        """Serves until it is interrupted."""
        self._clerk.start()
        try:
            self._server.run()
        finally:
            self._clerk.stop()
            self._server.close()
            self.app.registry.sandbox.store.close()

    def __enter__(self) -> Self:
        self._clerk.start()
        self._thread = threading.Thread(target=self._server.run, name="sandbox-server", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._clerk.stop()
        # within the loop, which ends when it has nothing left to listen to
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._server._map))
        self._thread.join()
        self._server.task_dispatcher.shutdown()
        self.app.registry.sandbox.store.close()
