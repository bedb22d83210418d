"""People with slow lines download and listen; everybody else's pages stay quick."""

import hashlib
import io
import random
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.request import urlopen

import pytest
from sqlalchemy.orm import Session
from webtest import TestApp

from storefront.models import File, FileKind, writing
from storefront.services.store.buyers import browser_key
from storefront.serving import Server
from storefront.wiring import Wiring
from tests.factories import archive, make_album
from tests.support.people import buyer_token, make_purchase

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
        with urlopen(f"http://{server.host}:{server.port}/help", timeout=20) as page:
            assert page.status == 200


@pytest.fixture
def owned(app: TestApp, session: Session, wiring: Wiring) -> list[File]:
    """The archives of two albums, each of several times what any buffer takes, that `app`'s browser bought."""
    albums = [make_album(session, wiring.storage, slug=slug, title=slug) for slug in ("orbit", "low-tide")]
    key = browser_key(buyer_token(app, albums[0]))
    archives = []
    for number, album in enumerate(albums):
        make_purchase(session, album, buyer_key=key)
        assert album.edition
        file = next(file for file in album.edition.files if (file.kind, file.format) == (FileKind.ARCHIVE, "flac"))
        data = archive(
            {f"album {number}/{track}.flac": random.Random(track).randbytes(SIZE // 4) for track in range(3)}
        )
        digest = hashlib.sha256(data).hexdigest()
        wiring.storage.put_bytes(digest, data)
        with writing(session):
            file.digest, file.size = digest, len(data)
        archives.append(file)
    return archives


@pytest.mark.parametrize("header", ["", "Range: bytes=1-\r\n"], ids=["whole", "range"])
def test_who_takes_all_they_own_slowly_holds_no_thread(
    server: Server, app: TestApp, owned: list[File], header: str
) -> None:
    cookie = f"Cookie: buyer={app.cookies['buyer']}\r\n"
    with ExitStack() as stack:
        for _ in range(THREADS * 4):
            stack.enter_context(ask(server, "/library/everything/flac", cookie + header))
        with urlopen(f"http://{server.host}:{server.port}/help", timeout=20) as page:
            assert page.status == 200


def test_everything_that_broke_off_goes_on_over_a_socket_and_is_whole(
    server: Server, app: TestApp, owned: list[File]
) -> None:
    expected = app.get("/library/everything/flac").body
    cookie = f"Cookie: buyer={app.cookies['buyer']}\r\nConnection: close\r\n"
    with ask(server, "/library/everything/flac", cookie) as client:
        received = bytearray(b"H")
        while len(received) < len(expected) // 2:
            received += client.recv(1 << 16)
    head, _, body = bytes(received).partition(b"\r\n\r\n")
    etag = head.lower().partition(b"etag: ")[2].partition(b"\r\n")[0].decode()
    with ask(
        server, "/library/everything/flac", f"{cookie}Range: bytes={len(body)}-\r\nIf-Range: {etag}\r\n"
    ) as client:
        received = bytearray(b"H")
        while data := client.recv(1 << 20):
            received += data
    assert received.startswith(b"HTTP/1.1 206")
    body += bytes(received).partition(b"\r\n\r\n")[2]
    assert hashlib.sha256(body).digest() == hashlib.sha256(expected).digest()
    with zipfile.ZipFile(io.BytesIO(body)) as whole:
        assert whole.testzip() is None
        assert len(whole.namelist()) == 6


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
