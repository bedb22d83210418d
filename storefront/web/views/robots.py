"""What search engines ask for first: where they may go, and every page that there is.

https://www.rfc-editor.org/rfc/rfc9309, https://www.sitemaps.org/protocol.html
"""

from urllib.parse import quote

from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.services.catalogue import browsing
from storefront.web.caching import public_page
from storefront.web.request import ShopRequest

#: Pages of one visitor, and the search, which would show them the same albums without end.
CLOSED = ("/store/", "/library", "/account", "/admin", "/sign-", "/search")
#: Half of the protocol's 50,000 addresses each.
MOST = 25_000


@view_defaults(route_name="robots", decorator=public_page)
class RobotsController:
    """Where robots may go."""

    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(request_method="GET")
    def get(self) -> Response:
        rules = "".join(f"Disallow: {path}\n" for path in CLOSED)
        base_url = self.request.wiring.settings.base_url
        return Response(f"User-agent: *\n{rules}\nSitemap: {base_url}/sitemap.xml\n", content_type="text/plain")


@view_defaults(route_name="sitemap", decorator=public_page)
class SitemapController:
    """The address of every album and artist."""

    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(request_method="GET")
    def get(self) -> Response:
        reader, base_url = self.request.reader, self.request.wiring.settings.base_url
        paths = [
            "/",
            "/albums",
            *(f"/{kind}" for kind in self.request.shop.texts),
            *(f"/albums/{quote(slug)}" for slug in browsing.album_slugs(reader, MOST)),
            *(f"/artists/{quote(slug)}" for slug in browsing.artist_slugs(reader, MOST)),
        ]
        addresses = "".join(f"<url><loc>{base_url}{path}</loc></url>\n" for path in paths)
        return Response(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{addresses}</urlset>\n',
            content_type="application/xml",
            charset="utf-8",
        )
