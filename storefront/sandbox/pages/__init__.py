"""What Stripe shows to a buyer: Stripe.js, the card fields (a frame of the sandbox's own origin), the bank's page.

The number is typed into the frame and goes from there to the sandbox: neither the shop's page nor its server sees it.
"""

from pathlib import Path
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import FileResponse

FOLDER = Path(__file__).parent
#: address -> file and type; all of them are files as they lie here
FILES = {
    "/endive/stripe.js": ("stripe.js", "text/javascript"),
    "/elements/inner": ("inner.html", "text/html"),
    "/elements/inner.js": ("inner.js", "text/javascript"),
    "/elements/card.js": ("card.js", "text/javascript"),
    "/elements/channel.js": ("channel.js", "text/javascript"),
    "/elements/controller": ("controller.html", "text/html"),
    "/elements/controller.js": ("controller.js", "text/javascript"),
    "/elements/pages.css": ("pages.css", "text/css"),
    "/3ds.js": ("challenge.js", "text/javascript"),
}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'"


def file_view(name: str, content_type: str, origins: tuple[str, ...]) -> Any:
    """A view that answers one file."""
    headers = {
        "Content-Security-Policy": policy(origins),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",
    }

    def view(request: Request) -> FileResponse:
        response = FileResponse(FOLDER / name, request=request, content_type=content_type)
        response.charset = "utf-8"
        response.headers.update(headers)
        return response

    return view


def policy(origins: tuple[str, ...]) -> str:
    """The Content-Security-Policy of the sandbox's pages; `origins` may frame them (none: anybody)."""
    return f"{POLICY}; frame-ancestors {' '.join(origins)}" if origins else POLICY


def includeme(config: Configurator) -> None:
    """Registers the pages."""
    origins = config.registry.sandbox.settings.allowed_origins
    for address, (name, content_type) in FILES.items():
        config.add_route(address, address, request_method="GET")
        config.add_view(file_view(name, content_type, origins), route_name=address)
    config.include("pyramid_jinja2")
    config.include(".tokens")
    config.include(".challenge")
