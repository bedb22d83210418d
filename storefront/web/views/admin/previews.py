"""An album as visitors will see it, for its owner alone: the shop's own page, with files from addresses of the desk."""

from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from storefront.models import Album
from storefront.services.catalogue.editing.listing import line_of, making_of
from storefront.services.catalogue.editing.previewing import preview_album
from storefront.web.contexts.catalogue import Accent, PublicFile
from storefront.web.request import ShopRequest
from storefront.web.security import Permission
from storefront.web.sending import send_stored
from storefront.web.views.catalogue import accent_styles


@view_config(
    route_name="admin_album_preview",
    request_method="GET",
    permission=Permission.EDIT_ALBUMS,
    renderer="admin/preview.jinja2",
)
def preview(album: Album, request: ShopRequest) -> dict[str, Any]:
    """Its public page, with the edition that is being made."""
    request.response.headers["X-Robots-Tag"] = "noindex"
    return {
        "album": preview_album(request.db, request.today, album),
        "line": line_of(request.db, album, request.today, making_of(request.db, album)),
        "covers": "/admin/covers",
    }


@view_config(route_name="admin_stream", request_method="GET", permission=Permission.EDIT_ALBUMS)
def stream(file: PublicFile, request: ShopRequest) -> Response:
    """What will be heard of a track."""
    return send_stored(request, file.key, media_type="audio/mpeg")


@view_config(route_name="admin_accent", request_method="GET", permission=Permission.EDIT_ALBUMS)
def accent(accent: Accent, request: ShopRequest) -> Response:
    """The colours of a cover."""
    return Response(accent_styles(accent), content_type="text/css", charset="utf-8")
