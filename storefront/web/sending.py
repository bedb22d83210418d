"""Files as answers: resumable, checked by their digest, and sent without holding a thread of the server.

Every body is a seekable window of a file, handed to `wsgi.file_wrapper`: waitress then sends it from its own loop,
however slow the client. An iterator would keep one of its few threads until the last byte was taken. Where a web server
stands in front that takes X-Accel-Redirect or X-Sendfile, it is told the file's name instead, and sends it. And where
files lie in a bucket, whoever may have one is sent there, to an address that is good for an hour.
https://www.rfc-editor.org/rfc/rfc9110#name-conditional-requests, #name-range-requests
"""

import io
import unicodedata
from collections.abc import Callable, Iterable
from typing import Protocol
from urllib.parse import quote

from pyramid.httpexceptions import HTTPRequestRangeNotSatisfiable
from pyramid.response import FileIter, Response

from storefront.settings import X_ACCEL_REDIRECT
from storefront.storage import LocalStorage, SeekableReader, is_ready, read_some
from storefront.web.ranges import BeyondTheEnd, Window, parse_range
from storefront.web.request import ShopRequest

BLOCK = 256 * 1024
PRIVATE = "private, no-cache"
#: A file is looked at or kept, and never runs as a page of the shop, whatever is in it.
POLICY = "sandbox; default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
#: Seconds for which an address in a bucket is good, and for which a cache may keep a public file's.
LINKED, KEPT = 3600, 1800
#: Below it a web server with X-Accel-Redirect finds the storage's folder; nobody from outside may ask for it.
INTERNAL = "/stored/"
#: Invisible, but part of how Persian words and many emoji are written.
JOINERS = "\u200c\u200d"


class SeekableFile(Protocol):
    """An open file, as far as it is used here."""

    def seek(self, offset: int, /) -> int: ...

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


class FileWindow(SeekableReader):
    """`window` of an open file, as a seekable file of its own that owns the other."""

    def __init__(self, opened: SeekableFile, window: Window) -> None:
        super().__init__(window.length)
        self._file = opened
        self._start = window.start

    def _read_at(self, position: int, most: int) -> bytes:
        self._file.seek(self._start + position)
        return read_some(self._file, most)

    def ready(self, wake: Callable[[], None]) -> bool:
        self._file.seek(self._start + self.tell())
        return is_ready(self._file, wake)

    def close(self) -> None:
        self._file.close()
        super().close()


def send_stored(
    request: ShopRequest,
    key: str,
    *,
    media_type: str,
    digest: str | None = None,
    name: str | None = None,
    max_age: int | None = None,
) -> Response:
    """The answer for what is stored under `key`: from a bucket, by the web server in front, or else as send() does.

    `digest` is the key, unless it says otherwise. Raises MissingFile, and what send() raises.
    """
    storage, sender = request.wiring.storage, request.wiring.settings.sendfile
    etag = f'"{digest or key}"'
    disposition = None if name is None else attachment(name)
    if request.method == "GET" and (  # the address is signed for GET alone
        link := storage.link(key, media_type=media_type, disposition=disposition, seconds=LINKED)
    ):
        cached = PRIVATE if max_age is None else f"public, max-age={min(max_age, KEPT)}"
        return _answer(302, {"Location": link, "Cache-Control": cached, "Content-Security-Policy": POLICY})
    if sender is None or not isinstance(storage, LocalStorage):
        opened = storage.open(key)
        size = opened.seek(0, io.SEEK_END)  # a tenth of what asking the storage costs
        return send(request, opened, size, digest=digest or key, media_type=media_type, name=name, max_age=max_age)
    if _has_it(request, etag):
        return _answer(304, _headers(etag, name, max_age))
    with storage.local_path(key) as path:
        place = f"{INTERNAL}{key}" if sender == X_ACCEL_REDIRECT else str(path)
    return _answer(200, {**_headers(etag, name, max_age), "Content-Type": media_type, sender: place})


def send(
    request: ShopRequest,
    opened: SeekableFile,
    size: int,
    *,
    digest: str,
    media_type: str,
    name: str | None = None,
    max_age: int | None = None,
) -> Response:
    """The answer to GET or HEAD for an open file of `size` bytes; closes the file when it is sent.

    `digest` is the file's SHA-256 and becomes its ETag: 304 for who has it, 206 for one range of it, whole for several.
    `name` makes it a download of that name. With `max_age` (seconds) any cache may keep it, without only its owner's.
    Raises HTTPRequestRangeNotSatisfiable for a range beyond its end.
    """
    etag = f'"{digest}"'
    headers = _headers(etag, name, max_age)
    if _has_it(request, etag):
        opened.close()
        return _answer(304, headers)
    try:
        window = _window(request, etag, size)
    except BeyondTheEnd:
        opened.close()
        raise HTTPRequestRangeNotSatisfiable(headers=[("Content-Range", f"bytes */{size}")]) from None
    if window:
        headers["Content-Range"] = window.content_range(size)
    body = window or Window(0, size)
    headers |= {"Content-Type": media_type, "Content-Length": str(body.length)}
    wrapper = request.environ.get("wsgi.file_wrapper", FileIter)
    return _answer(206 if window else 200, headers, wrapper(FileWindow(opened, body), BLOCK))


def _headers(etag: str, name: str | None, max_age: int | None) -> dict[str, str]:
    headers = {
        "ETag": etag,
        "Cache-Control": PRIVATE if max_age is None else f"public, max-age={max_age}, immutable",
        "Accept-Ranges": "bytes",
        "Content-Security-Policy": POLICY,
    }
    return headers if name is None else {**headers, "Content-Disposition": attachment(name)}


def _answer(status: int, headers: dict[str, str], body: Iterable[bytes] = ()) -> Response:
    response = Response(status=status, app_iter=body)
    response.headers.clear()
    response.headers.update(headers)
    return response


def _has_it(request: ShopRequest, etag: str) -> bool:
    asked = request.environ.get("HTTP_IF_NONE_MATCH", "")
    return etag in asked or asked.strip() == "*"


def _window(request: ShopRequest, etag: str, size: int) -> Window | None:
    """The part that is asked for; None for all, also when If-Range names an older file (or a date: we give none)."""
    wanted = request.environ.get("HTTP_RANGE")
    if wanted is None or request.method != "GET" or request.environ.get("HTTP_IF_RANGE", etag) != etag:
        return None
    return parse_range(wanted, size)


def attachment(name: str) -> str:
    """The value of Content-Disposition for a file of any name, one line of ASCII whatever the name holds.

    `filename` for old programs, `filename*` for the name as it is:
    https://www.rfc-editor.org/rfc/rfc6266#section-4.3, https://www.rfc-editor.org/rfc/rfc8187#section-3.2
    """
    safe = "".join(map(_safe, name)).strip(" .") or "download"
    stem, dot, ending = safe.rpartition(".") if "." in safe else (safe, "", "")
    plain = f"{_ascii(stem) or 'download'}{dot}{_ascii(ending)}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def _safe(character: str) -> str:
    """Nothing for controls, direction marks and half characters; "_" for what has a meaning in paths or headers."""
    if unicodedata.category(character).startswith("C") and character not in JOINERS:
        return ""
    return "_" if character in '"\\/:*?<>|' else character


def _ascii(text: str) -> str:
    """Without what old programs cannot read, or would decode (%)."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(map(_safe, plain)).replace("%", "_").strip(" .")
