"""The list of purchases: searched, filtered and sorted by its address."""

from typing import Any

from pyramid.view import view_config

from storefront.services.shop.purchases import list_purchases
from storefront.web.forms.finding import FindForm
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
    form, page = FindForm(request.GET), None
    if form.validate():
        wish = form.wish(request.wiring.settings.shop_timezone, request.GET.get("before", ""))
        page = list_purchases(request.db, wish)
    else:
        request.response.status_int = 422
    return {
        "page": page,
        "form": form,
        "problems": form.problems,
        "dashboard": dashboard(request),
        "account": request.account,
    }
