"""A body that is larger than any form gets its answer from the shop, unread, and whoever sends it hears that answer."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from storefront.serving import channel
from tests.unit.test_serving import serving


def too_large(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """As the shop: by the length alone."""
    start_response("413 Request Entity Too Large", [("Content-Length", "7")])
    return [b"%7d" % int(environ["CONTENT_LENGTH"])]


def read_all(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(1000), b""))


HEAD = b"POST / HTTP/1.1\r\nHost: shop\r\n"
LARGE = 3_000_000


@pytest.mark.parametrize("more", [b"", b"Expect: 100-continue\r\n"], ids=["", "asks whether to go on"])
def test_a_body_that_no_form_has_is_refused_before_it_has_all_come(more: bytes) -> None:
    with serving(too_large) as (server, _), socket.create_connection((server.host, server.port), timeout=20) as client:
        client.sendall(HEAD + more + b"Content-Length: %d\r\n\r\n" % LARGE + bytes(0 if more else 1000))
        answer = read_all(client)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert answer.endswith(b"\r\n\r\n3000000")


def test_whoever_sends_all_of_it_first_hears_the_answer_too() -> None:
    """A connection that is closed upon what was not read is reset, and the answer is lost on its way."""
    with serving(too_large) as (server, _), socket.create_connection((server.host, server.port), timeout=20) as client:
        client.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % LARGE)
        for _ in range(3):
            client.sendall(bytes(LARGE // 3))
        assert read_all(client).endswith(b"\r\n\r\n3000000")


def test_a_body_that_does_not_say_how_long_it_is_may_be_no_longer() -> None:
    with serving(too_large) as (server, _), socket.create_connection((server.host, server.port), timeout=20) as client:
        client.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        client.sendall(b"%x\r\n" % LARGE + bytes(LARGE))
        answer = read_all(client)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert 2_000_000 < int(answer[-7:]) < LARGE


def test_what_is_in_a_body_that_is_too_large_is_no_request() -> None:
    with serving(too_large) as (server, _), socket.create_connection((server.host, server.port), timeout=20) as client:
        client.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % LARGE + HEAD + b"Content-Length: 0\r\n\r\n")
        assert read_all(client).count(b"HTTP/1.1") == 1


def test_a_body_that_never_ends_is_not_heard_out_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "HEARD_OUT", 0.0)
    with serving(too_large) as (server, _), socket.create_connection((server.host, server.port), timeout=20) as client:
        client.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % LARGE)
        assert read_all(client).startswith(b"HTTP/1.1 413 ")
        with pytest.raises(ConnectionError):
            go_on(client)


def go_on(client: socket.socket) -> None:
    while True:
        client.sendall(bytes(1))
