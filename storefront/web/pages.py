"""How a view's answer becomes a page: Jinja2 with the shop's filters, and what every page knows."""

from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.events import BeforeRender
from pyramid_jinja2 import IJinja2Environment

from storefront.rendering import equip


def includeme(config: Configurator) -> None:
    config.add_settings({"jinja2.trim_blocks": True, "jinja2.lstrip_blocks": True, "jinja2.auto_reload": False})
    config.include("pyramid_jinja2")
    config.add_jinja2_search_path("storefront:templates/", prepend=True)
    config.commit()
    environment = config.get_jinja2_environment()
    equip(environment, config.registry.wiring.settings)
    environment.globals["static"] = config.registry.static_addresses.__getitem__
    config.add_renderer(".jinja2", page_renderer)
    config.add_subscriber(add_globals, BeforeRender)


def page_renderer(info: Any) -> Callable[[dict[str, Any], dict[str, Any]], str]:
    """Pyramid's interface of a renderer. A name is one of templates/.

    pyramid_jinja2's own would first look for it beside the view: on the disk, in vain, at every page.
    """
    environment = info.registry.queryUtility(IJinja2Environment, name=".jinja2")

    def render(value: dict[str, Any], system: dict[str, Any]) -> str:
        page: str = environment.get_template(info.name).render({**system, **value})
        return page

    return render


def add_globals(event: BeforeRender) -> None:
    """Short names for what templates ask of the request most.

    `may` asks for a permission by its words: what somebody may not do has no button.
    """
    request: Any = event.get("request")
    if request is not None:
        event["route"] = request.route_path
        event["may"] = request.has_permission
        if event["renderer_name"].endswith(".jinja2") and "shop" not in event.rendering_val:
            event["shop"] = request.shop
