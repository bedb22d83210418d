"""What surrounds every request to the sandbox, and the request itself."""

from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response


class SandboxRequest(Request):
    """WebOb would put what is longer than 10 kB into a file: evidence may be, and is small."""

    request_body_tempfile_limit = 2 * 1024 * 1024


Handler = Callable[[Request], Response]


def seeded(handler: Handler, registry: Registry) -> Handler:
    """Ids come from the settings' seed, if there is one."""

    def tween(request: Request) -> Response:
        with registry.sandbox.drawing():
            return handler(request)

    return tween


def includeme(config: Configurator) -> None:
    """Registers the tweens, and the request that they see."""
    config.set_request_factory(SandboxRequest)
    config.add_tween(f"{__name__}.seeded")
