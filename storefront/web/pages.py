"""How a view's answer becomes a page: Jinja2 with the shop's filters, and what every page knows."""

from typing import Any

from pyramid.config import Configurator
from pyramid.events import BeforeRender

from storefront.rendering import equip


def includeme(config: Configurator) -> None:
    config.add_settings({"jinja2.trim_blocks": True, "jinja2.lstrip_blocks": True, "jinja2.auto_reload": False})
    config.include("pyramid_jinja2")
    config.add_jinja2_search_path("storefront:templates/", prepend=True)
    config.commit()
    environment = config.get_jinja2_environment()
    equip(environment, config.registry.wiring.settings)
    environment.globals["static"] = config.registry.static_addresses.__getitem__
    config.add_subscriber(add_globals, BeforeRender)


def add_globals(event: BeforeRender) -> None:
    """Short names for what templates ask of the request most."""
    request: Any = event.get("request")
    if request is not None:
        event["route"] = request.route_path
