"""The newest purchases."""

from typing import Any

from pyramid.view import view_config

from storefront.services.shop.reports import newest_purchases
from storefront.web.request import ShopRequest
from storefront.web.security import Permission

DASHBOARD = "https://dashboard.stripe.com/"


def dashboard(request: ShopRequest) -> str:
    """The beginning of Stripe's addresses, for live or test keys."""
    return DASHBOARD if request.wiring.settings.live else f"{DASHBOARD}test/"


@view_config(
    route_name="admin_purchases",
    request_method="GET",
    permission=Permission.SEE_PURCHASES,
    renderer="admin/purchases.jinja2",
)
def purchases(request: ShopRequest) -> dict[str, Any]:
    return {
        "page": newest_purchases(request.db, request.GET.get("before")),
        "dashboard": dashboard(request),
        "account": request.account,
    }
