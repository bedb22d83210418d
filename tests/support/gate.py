"""A gate in front of the sandbox: while it is shut, Stripe takes every request and answers none."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PATIENCE = 60


class Gate:
    """A TCP proxy on a free port of this machine. Shut, it holds back whatever comes until it is opened."""

    def __init__(self, target: str) -> None:
        self._target = (urlsplit(target).hostname, urlsplit(target).port)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self._open = threading.Event()
        self._open.set()
        self._shut_at: bytes | None = None
        self._changed = threading.Condition()
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        #: How many requests are held back now, and how many were at most.
        self.held = 0
        self.most_held = 0
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def shut(self) -> None:
        self._open.clear()

    def shut_at(self, part: bytes) -> None:
        """As soon as a request comes that holds this, which is held back as well."""
        self._shut_at = part

    def open(self) -> None:
        self._shut_at = None
        self._open.set()

    def wait_for(self, held: int) -> None:
        """Until so many requests are held back."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.held >= held, PATIENCE), f"{self.held} requests came"

    def close(self) -> None:
        self.open()
        for end in (self._listener, *self._sockets):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._sockets += [client, server]
            self._start(client, server, gated=True)
            self._start(server, client, gated=False)

    def _start(self, source: socket.socket, sink: socket.socket, gated: bool) -> None:
        thread = threading.Thread(target=self._pass_on, args=(source, sink, gated))
        self._threads.append(thread)
        thread.start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, gated: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if gated:
                    self._hold_back(data)
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _hold_back(self, data: bytes) -> None:
        if self._shut_at is not None and self._shut_at in data:
            self.shut()
        if self._open.is_set():
            return
        self._count(1)
        self._open.wait(PATIENCE)
        self._count(-1)

    def _count(self, step: int) -> None:
        with self._changed:
            self.held += step
            self.most_held = max(self.most_held, self.held)
            self._changed.notify_all()


@contextmanager
def gate_before(target: str) -> Iterator[Gate]:
    gate = Gate(target)
    try:
        yield gate
    finally:
        gate.close()
