"""The newest purchases."""

from typing import Any

from pyramid.view import view_config

from storefront.services.shop.reports import newest_purchases
from storefront.web.request import ShopRequest
from storefront.web.security import Permission

DASHBOARD = "https://dashboard.stripe.com/"


@view_config(
    route_name="admin_purchases",
    request_method="GET",
    permission=Permission.SEE_PURCHASES,
    renderer="admin/purchases.jinja2",
)
def purchases(request: ShopRequest) -> dict[str, Any]:
    live = request.wiring.settings.live
    return {
        "page": newest_purchases(request.db, request.GET.get("before")),
        "dashboard": DASHBOARD if live else f"{DASHBOARD}test/",
        "account": request.account,
    }
