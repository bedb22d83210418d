"""The web server finishes what it was asked, and refuses what is too much."""

import http.client
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from storefront.serving import SEND_BUFFER, Server

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Any]


@contextmanager
def serving(app: WsgiApp, **options: Any) -> Iterator[tuple[Server, threading.Thread]]:
    server = Server(app, port=0, **options)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server, thread
    finally:
        server.stop()
        thread.join(20)
        assert not thread.is_alive()


class Slow:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.answer = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        self.asked.set()
        assert self.answer.wait(20)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]


def quick(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def large(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    body = bytes(8_000_000)
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def known(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("304 Not Modified", [("ETag", '"1"')])
    return []


def connect(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(server.host, server.port, timeout=20)


def test_an_answer_at_work_is_finished_after_the_server_was_told_to_stop() -> None:
    app = Slow()
    with serving(app) as (server, thread):
        client = connect(server)
        client.request("GET", "/")
        assert app.asked.wait(20)
        server.stop()
        thread.join(0.3)
        assert thread.is_alive()
        with pytest.raises(ConnectionRefusedError):
            connect(server).request("GET", "/")
        app.answer.set()
        assert client.getresponse().read() == b"done"
        client.close()


def test_a_download_at_work_is_finished_too() -> None:
    with serving(large) as (server, thread):
        client = connect(server)
        client.request("GET", "/")
        answer = client.getresponse()
        assert len(answer.read(1000)) == 1000
        server.stop()
        thread.join(0.3)
        assert thread.is_alive()
        assert len(answer.read()) == 8_000_000 - 1000
        client.close()


def test_a_connection_that_asks_nothing_does_not_hold_the_server_up() -> None:
    with serving(quick) as (server, thread):
        client = connect(server)
        client.request("GET", "/")
        assert client.getresponse().read() == b"ok"  # and the connection is kept open
        server.stop()
        thread.join(5)
        assert not thread.is_alive()
        client.close()


def test_a_slow_client_takes_little_of_the_kernels_memory() -> None:
    with serving(quick) as (server, _):
        assert server._listener.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 2 * SEND_BUFFER  # as Linux counts


def test_the_server_does_not_say_what_it_is() -> None:
    with serving(quick) as (server, _):
        client = connect(server)
        client.request("GET", "/")
        assert client.getresponse().getheader("Server") is None
        client.close()


def test_headers_of_a_proxy_are_believed_from_that_proxy_only() -> None:
    def scheme(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        return [environ["wsgi.url_scheme"].encode()]

    def ask(**options: Any) -> bytes:
        with serving(scheme, **options) as (server, _):
            client = connect(server)
            client.request("GET", "/", headers={"X-Forwarded-Proto": "https"})
            body = client.getresponse().read()
            client.close()
            return body

    assert ask() == b"http"
    assert ask(trusted_proxy="192.0.2.1", trusted_proxy_headers="x-forwarded-proto") == b"http"
    assert ask(trusted_proxy="127.0.0.1", trusted_proxy_headers="x-forwarded-proto") == b"https"


def test_a_proxy_that_could_be_anybody_is_refused() -> None:
    with pytest.raises(ValueError, match="name the proxy's address"):
        Server(quick, port=0, trusted_proxy="*")


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError, match="in use"):
        Server(quick, port=other.getsockname()[1])


PROGRAM = """
import threading
from storefront import logs
from storefront.serving import serve

logs.set_up()

def app(environ, start_response):
    print("asked", flush=True)
    threading.Event().wait(1)
    start_response("200 OK", [("Content-Length", "4")])
    return [b"done"]

serve(app, port=0)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_process_finish_and_end_without_a_word(number: signal.Signals) -> None:
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    minds = partial(signal.signal, number, signal.SIG_DFL)  # whatever the tests themselves were started to ignore
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=minds
    ) as process:
        try:
            assert process.stdout
            port = int(process.stdout.readline().rpartition(":")[2])
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            client.request("GET", "/")
            assert process.stdout.readline() == "asked\n"
            process.send_signal(number)
            assert client.getresponse().read() == b"done"
            client.close()
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()  # it has ended, unless something above failed
        assert (out, err, process.returncode) == ("", "", 0)


def test_a_connection_goes_on_after_an_answer_that_has_no_body() -> None:
    with serving(known) as (server, _), socket.create_connection((server.host, server.port), 20) as client:
        for _ in range(2):
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = client.recv(4096)
            assert answer.startswith(b"HTTP/1.1 304 Not Modified\r\n")
            assert b"connection: close" not in answer.lower()
            assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "question",
    [b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"],
)
def test_it_ends_for_who_asks_for_that(question: bytes) -> None:
    with serving(known) as (server, _), socket.create_connection((server.host, server.port), 20) as client:
        client.sendall(question)
        received = b""
        while data := client.recv(4096):
            received += data
        assert b"304 Not Modified" in received
        assert b"connection: close" in received.lower()


@pytest.mark.parametrize(("files", "connections"), [("10000", 2000), ("1000", 400), ("100", 1)])
def test_there_is_a_file_for_each_connection(files: str, connections: int) -> None:
    """Of a process that may open so many files and no more; a soft limit below that is raised by itself."""
    code = (
        "import resource; from storefront.serving import Server; server = Server(lambda *_: [], port=0); "
        "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], server._server.adj.connection_limit)"
    )
    limited = ["bash", "-c", 'ulimit -Sn 64; ulimit -Hn "$1"; exec "$2" -W ignore -c "$3"', "bash", files]
    told = subprocess.run([*limited, sys.executable, code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == [str(min(int(files), 4200)), str(connections)]


FROZEN = """
import gc
from storefront.serving import serve

kept = [{} for _ in range(50_000)]  # as a shop's modules and mappers are

def app(environ, start_response):
    start_response("200 OK", [("Content-Length", "8")])
    return [b"%08d" % len(gc.get_objects())]

serve(app, port=0)
"""


def test_what_is_there_before_the_first_request_is_not_looked_through_again() -> None:
    """The collector stops all threads while it looks."""
    command = [sys.executable, "-W", "ignore", "-c", FROZEN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            client = http.client.HTTPConnection("127.0.0.1", int(process.stdout.readline().rpartition(":")[2]))
            client.request("GET", "/")
            assert int(client.getresponse().read()) < 20_000
            client.close()
        finally:
            process.kill()
