"""Asks a server for the same thing again and again, over some connections: by wrk, or by a small client of our own.

https://github.com/wg/wrk
"""

import re
import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter, sleep

TIMEOUT = 30
CRLF = "\r\n"


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


def burst(host: str, port: int, path: str, *, seconds: float, connections: int, header: str = "") -> Burst:
    """Asks for `seconds` over `connections` connections, by wrk where it is there; `header` is a whole line or none.

    Raises RuntimeError when an answer differs from the first.
    """
    question = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{header + CRLF if header else ''}\r\n".encode()
    with _Connection(host, port) as connection:
        first = connection.ask(question)
    if wrk := shutil.which("wrk"):
        return _by_wrk(wrk, f"http://{host}:{port}{path}", header, seconds, connections, first)
    return _by_sockets(host, port, question, seconds, connections, first)


def latencies(host: str, port: int, path: str, *, seconds: float, every: float) -> list[float]:
    """Asks once in `every` seconds over one connection, for `seconds` -> how long each answer took, in seconds.

    From the moment that it was due, so that a slow answer counts for all that it held up. Raises RuntimeError unless
    each is a 200.

    https://www.scylladb.com/2021/04/22/on-coordinated-omission/
    """
    question = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
    took: list[float] = []
    with _Connection(host, port) as connection:
        start = perf_counter()
        for number in range(round(seconds / every)):
            due = start + number * every
            sleep(max(0.0, due - perf_counter()))
            status, _ = connection.ask(question)
            if status != 200:
                raise RuntimeError(f"answered {status}")
            took.append(perf_counter() - due)
    return took


def _by_wrk(wrk: str, url: str, header: str, seconds: float, connections: int, first: tuple[int, int]) -> Burst:
    command = [wrk, "--threads=1", f"--connections={connections}", f"--duration={max(1, round(seconds))}s", url]
    said = subprocess.run(
        [*command, *(["--header", header] if header else [])], capture_output=True, text=True, check=True
    )
    asked = re.search(r"(\d+) requests in ([\d.]+)s", said.stdout)
    if not asked or "Non-2xx or 3xx" in said.stdout or "Socket errors" in said.stdout:
        raise RuntimeError(said.stdout)
    return Burst(int(asked[1]), float(asked[2]), *first)


def _by_sockets(
    host: str, port: int, question: bytes, seconds: float, connections: int, first: tuple[int, int]
) -> Burst:
    start = perf_counter()

    def ask_often() -> int:
        asked = 0
        with _Connection(host, port) as connection:
            while perf_counter() - start < seconds:
                answer = connection.ask(question)
                if answer != first:
                    raise RuntimeError(f"answered {answer} after {first}")
                asked += 1
        return asked

    with ThreadPoolExecutor(connections) as pool:
        asked = sum(future.result() for future in [pool.submit(ask_often) for _ in range(connections)])
    return Burst(asked, perf_counter() - start, *first)


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
