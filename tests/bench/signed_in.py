"""An admin who asks a running shop for its pages, over one connection."""

import http.client
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlencode

from webtest import TestApp

from storefront import main
from tests.support.people import PASSWORD, sign_in
from tests.support.statements import counted_statements

ADMIN = "owner@example.com"


@dataclass(frozen=True, slots=True)
class Answer:
    """From the question to the last byte, in seconds."""

    body: bytes
    seconds: float


class SignedIn:
    """Signs in by the form."""

    def __init__(self, host: str, port: int) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=600)
        self._cookies: dict[str, str] = {}
        form = self._ask("GET", "/sign-in").decode()
        found = re.search(r'name="csrf_token" value="([^"]+)"', form)
        assert found
        fields = urlencode({"csrf_token": found[1], "email": ADMIN, "password": PASSWORD})
        self._ask("POST", "/sign-in", fields, expected=303)

    def get(self, path: str) -> Answer:
        """Raises RuntimeError unless it is a 200."""
        began = perf_counter()
        body = self._ask("GET", path)
        return Answer(body, perf_counter() - began)

    def _ask(self, method: str, path: str, fields: str | None = None, expected: int = 200) -> bytes:
        headers = {"Cookie": "; ".join(map("=".join, self._cookies.items()))}
        if fields:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self._origin}
        self._connection.request(method, path, fields, headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != expected:
            raise RuntimeError(f"{path} answered {answer.status} instead of {expected}: {body[-500:]!r}")
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return body

    @property
    def _origin(self) -> str:
        return f"http://{self._connection.host}:{self._connection.port}"


@contextmanager
def in_process(settings: dict[str, str]) -> Iterator[Callable[[str], int]]:
    """How many statements a page costs: the same shop again, in this process."""
    app = TestApp(main({}, **settings))
    sign_in(app, ADMIN)

    def count(path: str) -> int:
        with counted_statements(app) as statements:
            app.get(path)
        return len(statements)

    yield count
    app.app.registry.wiring.engine.dispose()
