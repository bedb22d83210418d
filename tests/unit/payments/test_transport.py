"""Answers as Stripe, and what stands before it, send them: compressed, in pieces, cut short. A real socket does it."""

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import stripe

from storefront.payments.transport import pooled

BODY = json.dumps({"id": "pi_1", "description": "é" * 50, "numbers": list(range(400))}).encode()
SMALL = gzip.compress(BODY)
OK = b"HTTP/1.1 200 OK\r\n"


def in_pieces(body: bytes) -> bytes:
    parts = (body[place : place + 7] for place in range(0, len(body), 7))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def with_length(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


WHOLE = {
    "plain": OK + with_length(BODY),
    "compressed": OK + b"Content-Encoding: gzip\r\n" + with_length(SMALL),
    "in pieces": OK + b"Transfer-Encoding: chunked\r\n\r\n" + in_pieces(BODY) + b"0\r\n\r\n",
    "compressed, in pieces": (
        OK + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + in_pieces(SMALL) + b"0\r\n\r\n"
    ),
}
NO_GZIP = OK + b"Content-Encoding: gzip\r\n" + with_length(b"x" * 20)


@pytest.fixture
def ask() -> Iterator[Callable[[bytes], bytes]]:
    """What the client makes of an answer that comes with these bytes, after which the connection ends."""
    with ExitStack() as stack:

        def asked(answer: bytes) -> bytes:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def serve() -> None:
                client, _ = listener.accept()
                with client:
                    client.recv(65536)
                    for place in range(0, len(answer), 11):
                        client.sendall(answer[place : place + 11])

            thread = threading.Thread(target=serve)
            thread.start()
            stack.callback(thread.join)
            client = pooled()((3.0, 10.0))
            stack.callback(client.close)
            body, status, _ = client.request("get", f"http://127.0.0.1:{listener.getsockname()[1]}/", {}, None)
            assert status == 200
            return bytes(body)

        yield asked


@pytest.mark.parametrize("answer", WHOLE.values(), ids=WHOLE)
def test_a_whole_answer(ask: Callable[[bytes], bytes], answer: bytes) -> None:
    assert ask(answer) == BODY


@pytest.mark.parametrize("answer", [*(each[:-9] for each in WHOLE.values()), NO_GZIP], ids=[*WHOLE, "no gzip"])
def test_half_an_answer_is_none(ask: Callable[[bytes], bytes], answer: bytes) -> None:
    with pytest.raises(stripe.APIConnectionError, match="half an answer"):
        ask(answer)
