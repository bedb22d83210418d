"""People with slow lines download and listen; everybody else's pages stay quick."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from time import monotonic
from urllib.request import urlopen

import pytest
from sqlalchemy.orm import Session
from webtest import TestApp

from storefront.models import File, FileKind, writing
from storefront.serving import Server
from storefront.wiring import Wiring
from tests.factories import make_album

THREADS = 2
SIZE = 24 * 1024 * 1024


@pytest.fixture
def server(app: TestApp) -> Iterator[Server]:
    """The shop over sockets, with few threads."""
    server = Server(app.app, port=0, threads=THREADS)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server
    server.stop()
    thread.join()


@pytest.fixture
def stream(session: Session, wiring: Wiring) -> File:
    """One that is larger than what any buffer between server and client takes."""
    album = make_album(session, wiring.storage)
    stream = next(file for file in album.edition.files if file.kind == FileKind.STREAM)
    wiring.storage.put_bytes("f" * 64, bytes(SIZE))
    with writing(session):
        stream.digest, stream.size = "f" * 64, SIZE
    return stream


def ask(server: Server, path: str, header: str) -> socket.socket:
    """Asks for something and reads the first byte of the answer, and no more."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    client.connect((server.host, server.port))
    client.settimeout(20)
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n".encode())
    assert client.recv(1) == b"H"
    return client


@pytest.mark.parametrize("header", ["", "Range: bytes=1-\r\n"], ids=["whole", "range"])
def test_slow_listeners_hold_no_thread(server: Server, stream: File, header: str) -> None:
    with ExitStack() as stack:
        for _ in range(THREADS * 4):
            stack.enter_context(ask(server, f"/stream/{stream.digest}.mp3", header))
        start = monotonic()
        with urlopen(f"http://{server.host}:{server.port}/help", timeout=20) as page:
            assert page.status == 200
        assert monotonic() - start < 5


def test_a_range_arrives_whole_over_a_socket(server: Server, stream: File) -> None:
    with ask(server, f"/stream/{stream.digest}.mp3", f"Range: bytes=100-{SIZE - 2}\r\nConnection: close\r\n") as client:
        received = bytearray(b"H")
        while data := client.recv(1 << 20):
            received += data
    head, _, body = bytes(received).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 206")
    assert f"content-range: bytes 100-{SIZE - 2}/{SIZE}".encode() in head.lower()
    assert f"content-length: {SIZE - 101}".encode() in head.lower()
    assert len(body) == SIZE - 101
