"""The owner's side: a desk for admins alone."""

from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther

from storefront.models import Role
from storefront.web.request import ShopRequest


def desk(request: ShopRequest) -> None:
    """Whoever is signed out signs in first and comes back; a customer may not be here."""
    if request.account is None and request.method in ("GET", "HEAD"):
        raise HTTPSeeOther(request.route_path("sign_in", _query={"next": request.path_qs}))
    if request.account is None or request.account.role != Role.ADMIN:
        raise HTTPForbidden
