"""The sandbox as a process: killed at any moment, it knows afterwards what it had answered."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storefront.sandbox import Server, main
from tests.support.sandbox import Sandbox
from tests.unit.sandbox.conftest import SALE, Shop, client_of, until


@contextmanager
def running(database: Path) -> Iterator[tuple[Shop, subprocess.Popen[bytes]]]:
    """`python -m storefront.sandbox`, until the end of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", str(port), "--database", str(database), "--webhook-url", ""]
    process = subprocess.Popen([sys.executable, "-m", "storefront.sandbox", *options], stdout=subprocess.PIPE)
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(url))
        yield Shop(Sandbox(url), client_of(url)), process
    finally:
        process.kill()
        process.communicate()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_sandbox/health", timeout=10):
            return True
    except urllib.error.URLError:
        return False


def test_survives_kill_9(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.sqlite"
    with running(database) as (shop, process):
        intent = shop.open()
        paid = shop.confirm(intent, key="k")
        shop.sandbox.shift_clock(500)
        shop.sandbox.fault("429", "/v1/events")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    with running(database) as (shop, _):
        assert shop.v1.payment_intents.retrieve(intent.id).to_dict() == paid.to_dict()
        ledger = shop.sandbox.ledger()
        assert [event["type"] for event in ledger["events"]][:3] == [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
        ]
        assert [answer["key"] for answer in ledger["saved_answers"] if answer["key"] == "k"] == ["k"]
        assert [fault["endpoint"] for fault in ledger["faults"]] == ["/v1/events"]
        assert shop.open().created >= paid.created + 500


def test_a_request_that_was_running_leaves_nothing(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.sqlite"
    with running(database) as (shop, process):
        shop.sandbox.fault("delay", "/v1/payment_intents", seconds=30)
        with socket.create_connection(("127.0.0.1", int(shop.sandbox.url.rsplit(":", 1)[1]))) as caller:
            body = b"amount=1299&currency=usd"
            caller.sendall(
                b"POST /v1/payment_intents HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer sk_test_sandbox_shop\r\n"
                b"Idempotency-Key: k\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
            )
            until(lambda: not shop.sandbox.ledger()["faults"])  # the request has it
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

    with running(database) as (shop, _):
        assert shop.sandbox.ledger()["payment_intents"] == []
        assert shop.v1.payment_intents.create(SALE, {"idempotency_key": "k"}).amount == 1299


def test_journal_that_a_kill_cannot_tear(tmp_path: Path) -> None:
    store = main(**{"sandbox.database": str(tmp_path / "s.sqlite")}).registry.sandbox.store

    assert store.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    store.close()


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    app = main(**{"sandbox.database": str(tmp_path / "s.sqlite")})
    with Server(app, 0) as server, pytest.raises(OSError, match="in use"):
        Server(app, server.port)


def test_a_process_says_that_its_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        options = ["--port", str(taken.getsockname()[1]), "--database", str(tmp_path / "s.sqlite")]
        command = [sys.executable, "-m", "storefront.sandbox", *options]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("The sandbox cannot listen on port")


def test_listens_on_loopback_only(tmp_path: Path) -> None:
    with Server(main(**{"sandbox.database": str(tmp_path / "s.sqlite")}), 0) as server:
        assert server.address.startswith("http://127.0.0.1:")
        assert server._server.socket.getsockname()[0] == "127.0.0.1"
