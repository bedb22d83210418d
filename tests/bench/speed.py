"""How quickly one client with a fast line gets 500 MB from the shop, beside the same from Python's own file server."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep

from tests.bench.servers import Running
from tests.support.shop import free_ports

BLOCK = 1024 * 1024
ROUNDS = 3


def measure_speed(shop: Running, folder: Path, file: str, whole: str, everything: str, size: int) -> dict[str, float]:
    """MB a second: of a file server over `folder`, of the shop's download, of its second half, of all that is owned."""
    with file_server(folder) as port:
        asked = {
            "a plain file server": (port, f"/{file}", ""),
            "a download": (shop.port, whole, ""),
            "its second half": (shop.port, whole, f"Range: bytes={size // 2}-\r\n"),
            "everything, as much": (shop.port, everything, f"Range: bytes=0-{size - 1}\r\n"),
        }
        return {name: max(fetch(*question) for _ in range(ROUNDS)) for name, question in asked.items()}


@contextmanager
def file_server(folder: Path) -> Iterator[int]:
    """Python's own, which copies a file into a socket: its port."""
    [port] = free_ports(1)
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                sleep(0.05)
        yield port
        process.terminate()


def fetch(port: int, path: str, headers: str) -> float:
    """MB a second, from the question to the last byte. Raises RuntimeError for less than what was promised."""
    question = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{headers}\r\n"
    buffer = bytearray(BLOCK)
    with socket.create_connection(("127.0.0.1", port)) as connected:
        start = perf_counter()
        connected.sendall(question.encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += connected.recv(BLOCK)
        head, _, body = head.partition(b"\r\n\r\n")
        promised = int(head.lower().partition(b"content-length:")[2].split()[0])
        got = len(body)
        while size := connected.recv_into(buffer):
            got += size
        seconds = perf_counter() - start
    if got != promised or head.split()[1] not in (b"200", b"206"):
        raise RuntimeError(f"{got} bytes of {promised}: {head[:40]!r}")
    return got / seconds / 1e6
