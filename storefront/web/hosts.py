"""Which Host a request may name: the shop's own, so that no address is ever made of somebody else's word.

WebOb makes every redirect absolute with it. In development the names of this very machine are good as well.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPBadRequest
from pyramid.registry import Registry
from pyramid.response import Response
from pyramid.tweens import EXCVIEW

from storefront.web.request import ShopRequest

LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.ASCII)
DEFAULT_PORTS = {"http": ":80", "https": ":443"}
WRONG = "This server is another shop's. Please look at the address."


def hosts_tween(handler: Callable[[ShopRequest], Response], registry: Registry) -> Callable[[ShopRequest], Response]:
    settings = registry.wiring.settings
    parts = urlsplit(settings.base_url)
    own = {parts.netloc, parts.netloc + DEFAULT_PORTS[parts.scheme]}

    def tween(request: ShopRequest) -> Response:
        host = request.environ.setdefault("HTTP_HOST", parts.netloc).lower()
        if host not in own and (settings.production or not LOOPBACK.fullmatch(host)):
            request.environ["HTTP_HOST"] = parts.netloc
            raise HTTPBadRequest(WRONG)
        return handler(request)

    return tween


def includeme(config: Configurator) -> None:
    config.add_tween("storefront.web.hosts.hosts_tween", under=EXCVIEW)
