"""Public pages are named by what they are made of; a browser that has the newest is told so with one statement.

The name (an ETag, https://www.rfc-editor.org/rfc/rfc9110#name-etag) is the catalogue's version, that of what the owner
has set at the desk, the shop's date, and a digest of the code, the templates and the settings that they show. Only
public pages carry such a name, and whoever comes with today's has its page already, so 304 is answered before any view
is looked for.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.response import Response
from pyramid.tweens import EXCVIEW

from storefront.rendering import PACKAGE, STATIC, TEMPLATES
from storefront.services.catalogue.version import Catalogue, read_catalogue
from storefront.settings import Settings
from storefront.web.request import ShopRequest

#: Kept by anybody, and asked for again each time.
ALWAYS_ASK = "public, max-age=0, must-revalidate"

View = Callable[[Any, ShopRequest], Response]


def catalogue_now(request: ShopRequest) -> Catalogue:
    """The catalogue's version and size, read once a request, and before anything of what the version names."""
    known: Catalogue | None = request.environ.get("storefront.catalogue")
    if known is None:
        known = request.environ["storefront.catalogue"] = read_catalogue(request.reader)
    return known


def page_tag(request: ShopRequest) -> str:
    """The ETag of every public page at this moment."""
    now = catalogue_now(request)
    return f'"{request.registry.code_digest}-{request.today.toordinal()}-{now.version}-{now.settings}"'


def public_page(view: View) -> View:
    """A view's decorator: the page is the same for everybody and may be kept, under its name."""

    def named(context: Any, request: ShopRequest) -> Response:
        tag = page_tag(request)
        response = view(context, request)
        if response.status_code == 200:
            response.headers["ETag"] = tag
            response.headers["Cache-Control"] = ALWAYS_ASK
        return response

    return named


def known_pages_tween(
    handler: Callable[[ShopRequest], Response], registry: Registry
) -> Callable[[ShopRequest], Response]:
    mark = f'"{registry.code_digest}-'

    def tween(request: ShopRequest) -> Response:
        known = request.environ.get("HTTP_IF_NONE_MATCH", "")
        if mark in known and request.method in ("GET", "HEAD") and page_tag(request) in known:
            return _not_modified(page_tag(request))
        return handler(request)

    return tween


def _not_modified(tag: str) -> Response:
    response = Response(status=304)
    response.headers.clear()
    response.headers.update({"ETag": tag, "Cache-Control": ALWAYS_ASK})
    return response


def digest_code(settings: Settings) -> str:
    """Names everything but the catalogue that the pages are made of."""
    shown = (settings.shop_name, settings.shop_locale, settings.shop_timezone.key, settings.base_url)
    return hashlib.sha256(repr(shown).encode() + _digest_files()).hexdigest()[:12]


@cache
def _digest_files() -> bytes:
    digest = hashlib.sha256()
    for folder, pattern in ((PACKAGE, "*.py"), (TEMPLATES, "*.jinja2"), (STATIC, "*")):
        for path in sorted(path for path in folder.rglob(pattern) if path.is_file()):
            digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.digest()


def includeme(config: Configurator) -> None:
    config.registry.code_digest = digest_code(config.registry.wiring.settings)
    config.add_tween("storefront.web.caching.known_pages_tween", under=EXCVIEW)
