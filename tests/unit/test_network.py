"""The tests' own guard: nothing in them leaves this machine."""

import socket
import urllib.request

import pytest

from tests.support.network import NetworkIsOff


def test_a_stranger_cannot_be_reached_by_name() -> None:
    with pytest.raises(NetworkIsOff, match=r"example\.com"):
        urllib.request.urlopen("http://example.com/", timeout=1)


def test_a_stranger_cannot_be_reached_by_number() -> None:
    with socket.socket() as client, pytest.raises(NetworkIsOff, match=r"192\.0\.2\.1"):
        client.connect(("192.0.2.1", 80))


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=1):
        pass
