"""What surrounds every request to the sandbox."""

from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response

Handler = Callable[[Request], Response]


def seeded(handler: Handler, registry: Registry) -> Handler:
    """Ids come from the settings' seed, if there is one."""

    def tween(request: Request) -> Response:
        with registry.sandbox.drawing():
            return handler(request)

    return tween


def includeme(config: Configurator) -> None:
    """Registers the tweens."""
    config.add_tween(f"{__name__}.seeded")
