"""Keeps the tests' own process on this machine: a connection to anywhere else is an error, whoever makes it."""

import sys
from typing import Any

LOCAL = ("127.", "::1", "localhost", "0.0.0.0")


class NetworkIsOff(Exception):
    """Something in a test tried to leave this machine."""


def _refuse_strangers(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = args[1]
        host = address[0] if isinstance(address, tuple) else "localhost"  # a path is a Unix socket
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    text = host.decode() if isinstance(host, bytes) else host or "localhost"
    if not text.startswith(LOCAL):
        raise NetworkIsOff(f"a test tried to reach {text}")


def turn_off() -> None:
    """For the rest of this process; audit hooks cannot be taken back. https://peps.python.org/pep-0578/"""
    sys.addaudithook(_refuse_strangers)
