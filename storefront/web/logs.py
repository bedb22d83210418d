"""Puts the request's id on every line that is logged while it is answered: the outermost tween."""

from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.response import Response
from pyramid.tweens import INGRESS

from storefront.logs import request_id
from storefront.web.request import ShopRequest


def logs_tween(handler: Callable[[ShopRequest], Response], registry: Registry) -> Callable[[ShopRequest], Response]:
    def tween(request: ShopRequest) -> Response:
        token = request_id.set(request.id)
        try:
            return handler(request)
        finally:
            request_id.reset(token)

    return tween


def includeme(config: Configurator) -> None:
    config.add_tween("storefront.web.logs.logs_tween", under=INGRESS)
