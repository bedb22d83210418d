"""People with slow lines, as a process of its own: `python -m tests.bench.pullers`.

Reads from its input what to ask for as JSON, {"host", "port", "rate", "clients": [{"path", "begins", "breaks"}]}, with
times in seconds from its start (or None), and takes `rate` bytes a second for each client. One that breaks off comes
again at once and asks for the rest with Range and If-Range. Goes on until its input ends; then it prints what each got.
"""

import json
import select
import socket
import sys
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

#: Seconds between two sips.
TICK = 0.1
#: Small, as over a slow line: what waits, waits at the server.
RECEIVE_BUFFER = 32 * 1024


@dataclass
class Puller:
    """One client: how many bytes of the body it has, and what went wrong."""

    address: tuple[str, int]
    path: str
    begins: float
    breaks: float | None
    got: int = 0
    resumed: bool = False
    problem: str = ""
    _head: bytes = b""
    _etag: str = ""
    _socket: socket.socket | None = None

    def _ask(self, headers: str) -> None:
        connected = socket.socket()
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        connected.connect(self.address)
        host = ":".join(map(str, self.address))
        connected.sendall(f"GET {self.path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n".encode())
        connected.setblocking(False)
        self._socket, self._head = connected, b""

    def sip(self, size: int, now: float) -> None:
        """Takes what has come, at most `size` bytes; begins, and breaks off, when it is time."""
        if self.problem or now < self.begins:
            return
        if self._socket is None:
            self._ask("")
        elif self.breaks is not None and now >= self.breaks and self.got:
            self.breaks, self.resumed = None, True
            self._socket.close()
            self._ask(f"Range: bytes={self.got}-\r\nIf-Range: {self._etag}\r\n")
        else:
            self._take(self._socket, size)

    def _take(self, connected: socket.socket, size: int) -> None:
        try:
            data = connected.recv(size)
        except BlockingIOError:
            return
        except OSError as error:
            self.problem = str(error)
            return
        if not data:
            self.problem = "the server closed the connection"
        elif self._head.endswith(b"\r\n\r\n"):
            self.got += len(data)
        else:
            self._read_head(data)

    def _read_head(self, data: bytes) -> None:
        head, end, body = (self._head + data).partition(b"\r\n\r\n")
        self._head = head + end
        if end:
            lines = head.decode("latin-1").split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:])
            wanted = "206" if self.resumed else "200"
            if lines[0].split()[1] != wanted:
                self.problem = lines[0]
            elif self.resumed and not headers["content-range"].startswith(f"bytes {self.got}-"):
                self.problem = headers["content-range"]
            self._etag = headers.get("etag", "")
            self.got += len(body)


def pull(order: dict[str, Any]) -> list[dict[str, Any]]:
    """Pulls until the input ends; `share` is what somebody got of their rate."""
    address, start = (order["host"], order["port"]), monotonic()
    pullers = [Puller(address, client["path"], client["begins"], client["breaks"]) for client in order["clients"]]
    ticks = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        now = monotonic() - start
        for puller in pullers:
            puller.sip(round(order["rate"] * TICK), now)
        ticks += 1
        sleep(max(0.0, ticks * TICK - (monotonic() - start)))
    end = monotonic() - start
    return [
        {"share": p.got / (order["rate"] * (end - p.begins)), "resumed": p.resumed, "problem": p.problem}
        for p in pullers
    ]


if __name__ == "__main__":
    print(json.dumps(pull(json.loads(sys.stdin.readline()))))
