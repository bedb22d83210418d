"""The audit list."""

from typing import Any

from pyramid.view import view_config

from storefront.services.shop.audit import newest_entries
from storefront.web.request import ShopRequest
from storefront.web.security import Permission


@view_config(
    route_name="admin_audit",
    request_method="GET",
    permission=Permission.SEE_AUDIT,
    renderer="admin/audit.jinja2",
)
def audit(request: ShopRequest) -> dict[str, Any]:
    """Who did what, the last first."""
    return {"page": newest_entries(request.db, request.GET.get("before")), "account": request.account}
