"""The owner's side: a desk for admins alone."""

from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther

from storefront.models import Role
from storefront.web.request import ShopRequest


def desk(request: ShopRequest) -> None:
    """Whoever is signed out signs in first and comes back; a customer may not be here."""
    if request.account is None:
        way_back = request.path_qs if request.method == "GET" else request.path
        raise HTTPSeeOther(request.route_path("sign_in", _query={"next": way_back}))
    if request.account.role != Role.ADMIN:
        raise HTTPForbidden
