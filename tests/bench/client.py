"""A small HTTP client for measuring: some connections, each asking for the same thing again and again."""

import socket
import threading
from dataclasses import dataclass
from time import perf_counter

TIMEOUT = 30


@dataclass(frozen=True, slots=True)
class Burst:
    """What a burst of requests took, in seconds by the clock; every answer had this status and size."""

    requests: int
    seconds: float
    status: int
    size: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def burst(host: str, port: int, path: str, *, requests: int, connections: int, headers: str = "") -> Burst:
    """Asks `requests` times over `connections` connections; `headers` are lines that end in CRLF."""
    question = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{headers}\r\n".encode()
    answers: set[tuple[int, int]] = set()
    errors: list[Exception] = []

    def ask_often() -> None:
        try:
            with _Connection(host, port) as connection:
                for _ in range(requests // connections):
                    answers.add(connection.ask(question))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=ask_often) for _ in range(connections)]
    start = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = perf_counter() - start
    if errors:
        raise errors[0]
    (status, size), *others = answers
    if others:
        raise RuntimeError(f"{path} was answered differently: {sorted(answers)}")
    return Burst(requests // connections * connections, seconds, status, size)


class _Connection:
    """One connection, opened again when the server closes it."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket: socket.socket | None = None

    def __enter__(self) -> "_Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        if self._socket:
            self._socket.close()
            self._socket = None

    def ask(self, question: bytes) -> tuple[int, int]:
        """The status, and the size of the body."""
        if self._socket is None:
            self._socket = socket.create_connection(self._address, TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(question)
        return self._read(self._socket)

    def _read(self, connected: socket.socket) -> tuple[int, int]:
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more(connected)
        head = received[:end].lower()
        status = int(head[9:12])
        size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        left = size - (len(received) - end - 4)
        while left > 0:
            left -= len(self._more(connected))
        if b"connection: close" in head:
            self._close()
        return status, size

    def _more(self, connected: socket.socket) -> bytes:
        data = connected.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection in the middle of an answer")
        return data
