"""A record shop that a band or label owns: albums as downloads, paid by Stripe directly."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyramid.router import Router


def main(global_config: dict[str, str], **settings: str) -> "Router":
    """The shop as a WSGI application; `settings` is the ini file's [app:main] section."""
    from pyramid.config import Configurator  # here, so that a command or a child that shows no page starts sooner

    with Configurator(settings=dict[str, Any](settings)) as config:
        config.include("storefront.web.assets")
        config.include("storefront.web.wired")
        config.include("storefront.web.request")
        config.include("storefront.web.logs")
        config.include("storefront.web.security")
        config.include("storefront.web.csrf")
        config.include("storefront.web.headers")
        config.include("storefront.web.limits")
        config.include("storefront.web.hosts")
        config.include("storefront.web.caching")
        config.include("storefront.web.slots")
        config.include("storefront.web.pace")
        config.include("storefront.web.pages")
        config.include("storefront.web.routes")
        config.scan("storefront.web.views")
    return config.make_wsgi_app()
