"""Files that lie far away, sent by the server: whoever downloads waits for them, and nobody else."""

import http.client
import io
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from storefront.services.library.everything.joined_file import JoinedFile, Stored
from storefront.serving import Server
from storefront.storage.remote_file import BLOCK, RemoteFile
from storefront.storage.seekable import SeekableReader

CONTENT = random.Random(5).randbytes(4 * BLOCK + 99)
#: A file is read ahead by one block beside its own.
FAR = 2 * BLOCK


@contextmanager
def serving(make_file: Callable[[], SeekableReader]) -> Iterator[Server]:
    def app(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/page":
            start_response("200 OK", [("Content-Length", "2")])
            return [b"ok"]
        file = make_file()
        start_response("200 OK", [("Content-Length", str(file.size))])
        return environ["wsgi.file_wrapper"](file)

    server = Server(app, port=0, threads=2)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


MakeFile = Callable[["Far"], SeekableReader]
Ask = Callable[[Server, str], http.client.HTTPResponse]


@pytest.fixture
def asked() -> Iterator[Ask]:
    """Asks for something; the answer with what has not been read yet."""
    with ExitStack() as stack:

        def ask(server: Server, path: str) -> http.client.HTTPResponse:
            client = http.client.HTTPConnection(server.host, server.port, timeout=10)
            stack.callback(client.close)
            client.request("GET", path, headers={"Connection": "close"})  # closing the answer closes it
            return stack.enter_context(client.getresponse())

        yield ask


class Far:
    """Something that lies far away; what is not `near` comes when the gate is opened."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.error: Exception | None = None

    def read_range(self, start: int, end: int) -> bytes:
        if start >= FAR:
            self.wait()
        return CONTENT[start:end]

    def open(self, key: str) -> Any:
        if key == "far":
            self.wait()
        return io.BytesIO(CONTENT)

    def wait(self) -> None:
        assert self.gate.wait(60)
        if self.error:
            raise self.error


@pytest.fixture
def far() -> Iterator[Far]:
    far = Far()
    yield far
    far.gate.set()


def remote(far: Far) -> RemoteFile:
    return RemoteFile(len(CONTENT), far.read_range)


def joined(far: Far) -> JoinedFile:
    """The same bytes, of two things that are stored."""
    near = [CONTENT[:10], Stored("near", 10, FAR - 10)]
    return JoinedFile([*near, Stored("far", FAR, len(CONTENT) - FAR - 3), CONTENT[-3:]], far.open)  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [remote, joined])
def test_pages_are_answered_while_a_file_is_far_away(asked: Ask, far: Far, make: MakeFile) -> None:
    with serving(lambda: make(far)) as server:
        downloads = [asked(server, "/file") for _ in range(3)]
        first = [download.read(FAR) for download in downloads]
        assert asked(server, "/page").read() == b"ok"
        far.gate.set()
        assert [begun + download.read() for begun, download in zip(first, downloads, strict=True)] == [CONTENT] * 3


@pytest.mark.parametrize("make", [remote, joined])
def test_what_does_not_come_ends_its_download_alone(asked: Ask, far: Far, make: MakeFile) -> None:
    far.error = OSError("the bucket is gone")
    with serving(lambda: make(far)) as server:
        download = asked(server, "/file")
        assert download.read(FAR) == CONTENT[:FAR]
        far.gate.set()
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            download.read()
        assert asked(server, "/page").read() == b"ok"


def test_who_leaves_while_it_is_far_away_is_forgotten(asked: Ask, far: Far) -> None:
    with serving(lambda: joined(far)) as server:
        download = asked(server, "/file")
        download.read(FAR)
        download.close()
        far.gate.set()
        assert asked(server, "/page").read() == b"ok"


def test_a_window_of_a_file_of_the_disk_needs_no_waking(asked: Ask, tmp_path: Any) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)

    def near() -> JoinedFile:
        return JoinedFile([Stored("a", 5, BLOCK), b"between", Stored("b", 0, 7)], lambda key: path.open("rb"))

    with serving(near) as server:
        assert asked(server, "/file").read() == CONTENT[5 : 5 + BLOCK] + b"between" + CONTENT[:7]
