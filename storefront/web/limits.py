"""What no page takes: large bodies, other content types, doubled fields, broken text. One tween, before any view."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from pyramid.config import Configurator
from pyramid.httpexceptions import (
    HTTPBadRequest,
    HTTPMethodNotAllowed,
    HTTPNotFound,
    HTTPRequestEntityTooLarge,
    HTTPUnsupportedMediaType,
)
from pyramid.registry import Registry
from pyramid.response import Response
from pyramid.tweens import EXCVIEW

from storefront.services.catalogue.editions import MOST_TRACKS
from storefront.web.request import ShopRequest

FORM = "application/x-www-form-urlencoded"
#: The one form with a file in it, which is small; music and covers come in pieces.
LOGO, LOGO_FORM = "/admin/settings/logo", "multipart/form-data"
LARGEST_BODY = 64 * 1024
MOST_FIELDS = 100
#: An album with the words of all its tracks is one form.
ALBUM = re.compile(r"/admin/albums/[0-9a-f]{32}", re.ASCII)
#: A track has eight; the last is its tick to be taken off.
MOST_ALBUM_FIELDS = MOST_FIELDS + 8 * MOST_TRACKS
#: What may be longer: its address, the bytes (letters may be nine on their way), and what whoever sends more reads.
LONG_FORMS = (
    (
        ALBUM,
        1_500_000,
        "All words of this album together are more than one page can save, and nothing was saved. What you typed is "
        "still there: go back, and shorten the lyrics or the description.",
    ),
    (
        re.compile(r"/admin/settings/texts"),
        1_700_000,
        "These texts together are more than one page can save, and nothing was saved. What you typed is still there: "
        "go back, and shorten it.",
    ),
    (
        re.compile(LOGO),
        1_100_000,
        "A logo may have one megabyte. Nothing was saved; go back, and choose a smaller picture.",
    ),
    (
        re.compile(r"/admin/disputes/\w{1,255}", re.ASCII),
        1_500_000,
        "That is more than a bank takes as evidence, and nothing was saved. What you typed is still there: go back, "
        "and shorten it to 150,000 characters in all.",
    ),
)
#: The bytes of a file that is uploaded, in pieces: the server takes no larger body than 2 MiB from anybody.
CHUNK_TYPE = "application/octet-stream"
CHUNK = re.compile(r"/admin/uploads/[0-9a-f]{32}/files/[0-9a-f]{32}", re.ASCII)
LARGEST_CHUNK = 1_000_000
BROKEN_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
NOT_UTF8 = "The address or the form is not written in UTF-8."
METHODS = ("GET", "HEAD", "POST")
STATIC = "/static/"
#: Not a form: Stripe signs the bytes, and its view looks at them itself.
RAW = ("/stripe/webhook",)


def check(request: ShopRequest) -> None:
    """Raises the HTTP error that says what is wrong with a request's outside."""
    if request.method not in METHODS:
        raise HTTPMethodNotAllowed(headers=[("Allow", ", ".join(METHODS))])
    request.environ.pop("HTTP_X_VHM_ROOT", None)  # Pyramid would look for the page below it, whoever sends it
    if request.environ.get("PATH_INFO", "").startswith(STATIC):
        if request.method == "POST":
            raise HTTPMethodNotAllowed(headers=[("Allow", "GET, HEAD")])
        request.environ.pop(
            "HTTP_RANGE", None
        )  # WebOb answers a broken one with a 500, and nobody needs a part of these
    _check_fields(request, "GET")
    path = request.environ.get("PATH_INFO", "")
    if request.method == "POST" and request.content_type == CHUNK_TYPE and CHUNK.fullmatch(path):
        if (request.content_length or 0) > LARGEST_CHUNK:
            raise HTTPRequestEntityTooLarge
    elif request.method == "POST" and path not in RAW:
        if (request.content_length or 0) > largest_form(path):
            raise HTTPRequestEntityTooLarge(_too_large(path))
        with_file = path == LOGO and request.content_type == LOGO_FORM
        if request.content_length and request.content_type != FORM and not with_file:
            raise HTTPUnsupportedMediaType
        if (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
            raise HTTPBadRequest(NOT_UTF8)
        if not with_file and not _is_clean(request.body):
            raise HTTPBadRequest(NOT_UTF8)
        _check_fields(request, "POST")


def largest_form(path: str) -> int:
    """The most bytes that a form sent to this path may have."""
    return next((most for pattern, most, _ in LONG_FORMS if pattern.fullmatch(path)), LARGEST_BODY)


def _too_large(path: str) -> str | None:
    """What the owner of a long form reads."""
    return next((words for pattern, _, words in LONG_FORMS if pattern.fullmatch(path)), None)


def _is_clean(body: bytes) -> bool:
    """Whether a form's bytes are what browsers send: percents in front of two digits, and UTF-8 behind them."""
    if BROKEN_PERCENT.search(body):
        return False
    try:
        unquote_to_bytes(body).decode()
    except UnicodeDecodeError:
        return False
    return True


def _check_fields(request: ShopRequest, where: str) -> None:
    try:
        if "\0" in request.path_info:
            raise HTTPNotFound
        fields: Any = getattr(request, where)
        names = list(fields)
        texts = [*names, *(value for value in fields.values() if isinstance(value, str))]
    except (UnicodeDecodeError, ValueError):
        raise HTTPBadRequest(NOT_UTF8) from None
    if len(set(names)) != len(names):
        raise HTTPBadRequest("A field was sent twice.")
    most = MOST_ALBUM_FIELDS if where == "POST" and ALBUM.fullmatch(request.path_info) else MOST_FIELDS
    if len(names) > most or any("\0" in str(text) for text in texts):
        raise HTTPBadRequest("The form has fields that this shop does not know.")


def limits_tween(handler: Callable[[ShopRequest], Response], registry: Registry) -> Callable[[ShopRequest], Response]:
    def tween(request: ShopRequest) -> Response:
        check(request)
        return handler(request)

    return tween


def includeme(config: Configurator) -> None:
    config.add_tween("storefront.web.limits.limits_tween", under=EXCVIEW)
