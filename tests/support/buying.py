"""A buyer's browser over real sockets: the form, and sending it."""

import re
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    page: str

    @property
    def path(self) -> str:
        """Where it leads."""
        return urlsplit(self.headers.get("location", "")).path


def ask(url: str, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> Answer:
    """Over a connection of its own."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=60)) as connection:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        page = answer.read().decode()
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, page)


def open_form(url: str, slug: str) -> tuple[str, dict[str, str]]:
    """The cookies and the hidden fields that a fresh browser gets."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=60)) as connection:
        connection.request("GET", f"/store/buy/{slug}")
        answer = connection.getresponse()
        page = answer.read().decode()
    cookies = "; ".join(value.split(";")[0] for value in answer.headers.get_all("Set-Cookie"))
    fields = {}
    for name in ("csrf_token", "amount", "currency"):
        [tag] = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
        fields[name] = re.search(r'value="([^"]*)"', tag)[1]
    return cookies, fields


def post_form(url: str, slug: str, cookies: str, fields: dict[str, str]) -> Answer:
    return ask(url, "POST", f"/store/complete/{slug}", urlencode(fields), {**FORM, "Cookie": cookies})
