"""The owner's side."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config

from storefront.web.request import ShopRequest
from storefront.web.security import Permission


@view_config(route_name="admin", request_method="GET", permission=Permission.SEE_PURCHASES)
def desk(request: ShopRequest) -> Response:
    """The address that an owner types, and the page that a sign-in leads to."""
    return HTTPSeeOther(request.route_path("admin_purchases"))
