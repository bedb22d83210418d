"""The list of disputes."""

from datetime import UTC, datetime
from typing import Any

from pyramid.view import view_config

from storefront.services.shop.disputes.listing import closed_disputes, open_disputes
from storefront.web.request import ShopRequest
from storefront.web.security import Permission


@view_config(
    route_name="admin_disputes",
    request_method="GET",
    permission=Permission.SEE_PURCHASES,
    renderer="admin/disputes.jinja2",
)
def disputes(request: ShopRequest) -> dict[str, Any]:
    """What waits for an answer, the nearest deadline first; then what was decided."""
    return {
        "undecided": open_disputes(request.db),
        "page": closed_disputes(request.db, request.GET.get("before")),
        "now": datetime.now(UTC),
        "account": request.account,
    }
