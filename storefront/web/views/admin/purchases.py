"""The list of purchases: searched, filtered and sorted by its address; and the same as a table to take away."""

import io
from tempfile import SpooledTemporaryFile
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import FileIter, Response
from pyramid.view import view_config

from storefront.services.shop.choosing import albums_to_choose
from storefront.services.shop.purchases import list_purchases
from storefront.services.shop.purchases_csv import write_purchases
from storefront.web.forms.finding import FindForm, periods
from storefront.web.request import ShopRequest
from storefront.web.security import Permission
from storefront.web.sending import attachment

DASHBOARD = "https://dashboard.stripe.com/"
#: Bytes of a table that are kept in memory; what is more goes to the disk, until it is sent.
IN_MEMORY = 1024 * 1024


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
    albums = albums_to_choose(request.db, form.album.data)
    form.offer(albums)
    if form.validate():
        wish = form.wish(request.wiring.settings.shop_timezone, request.GET.get("before", ""))
        page = list_purchases(request.db, wish)
    else:
        request.response.status_int = 422
    return {
        "page": page,
        "form": form,
        "album": next((album for album in albums if album.public_id == form.album.data), None),
        "periods": periods(request.today),
        "problems": form.problems,
        "dashboard": dashboard(request),
        "account": request.account,
    }


@view_config(route_name="admin_purchases_csv", request_method="GET", permission=Permission.SEE_PURCHASES)
def purchases_csv(request: ShopRequest) -> Response:
    """Written to its end before it is sent, from a file: so that no slow reader holds a thread or a transaction."""
    form, zone = FindForm(request.GET), request.wiring.settings.shop_timezone
    if not form.validate():
        return HTTPSeeOther(request.route_path("admin_purchases", _query=request.GET))
    table = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # closed when it is sent
    text = io.TextIOWrapper(table, "utf-8", newline="")
    write_purchases(request.db, form.wish(zone, ""), zone, text)
    text.detach()
    size = table.tell()
    table.seek(0)
    response = Response(content_type="text/csv", charset="utf-8")
    response.app_iter = request.environ.get("wsgi.file_wrapper", FileIter)(table)
    response.content_length = size
    response.headers["Content-Disposition"] = attachment("purchases.csv")
    return response
