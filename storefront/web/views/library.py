"""What somebody owns: the shelf, a purchase, its downloads, and the receipt's link."""

from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.models import AlbumPurchase, end_reading
from storefront.services.library.delivery import choices, choices_as_bought, choices_of_all, media_type, tracks
from storefront.services.library.ownership import owned_by
from storefront.services.library.receipt_links import keep
from storefront.services.shop.receipts import TooManyReceipts, send_receipt_again
from storefront.web.contexts.library import Download
from storefront.web.downloads import download_addresses
from storefront.web.request import ShopRequest
from storefront.web.sending import send

Page = dict[str, Any]


@view_config(route_name="library", request_method="GET", renderer="library/shelf.jinja2")
def shelf(request: ShopRequest) -> Page:
    """Everything of this account and of this browser."""
    purchases = owned_by(request.db, request.visitor)
    downloads = choices_of_all(
        request.db,
        [purchase for purchase in purchases if purchase.has_access],
        lambda purchase: download_addresses(request, purchase),
    )
    return {"purchases": purchases, "downloads": downloads, "account": request.account}


def _purchase_page(request: ShopRequest, purchase: AlbumPurchase) -> Page:
    addresses = download_addresses(request, purchase)
    return {
        "purchase": purchase,
        "album": purchase.album,
        "choices": choices(request.db, purchase, addresses) if purchase.has_access else [],
        "as_bought": choices_as_bought(request.db, purchase, addresses) if purchase.has_access else [],
        "tracks": tracks(request.db, purchase, addresses) if purchase.has_access else [],
        "account": request.account,
    }


@view_defaults(route_name="owned", renderer="library/purchase.jinja2")
class OwnedController:
    """One purchase, with its downloads and its receipt."""

    def __init__(self, purchase: AlbumPurchase, request: ShopRequest) -> None:
        self.purchase = purchase
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> Page:
        return {**_purchase_page(self.request, self.purchase), "sent": self.request.GET.get("receipt")}

    @view_config(request_method="POST")
    def send_again(self) -> Response:
        """The receipt, once more, to the address that it was bought with."""
        try:
            send_receipt_again(self.request.db, self.purchase, datetime.now(UTC))
        except TooManyReceipts:
            outcome = "enough"
        else:
            outcome = "sent"
        path = self.request.route_path("owned", public_id=self.purchase.public_id, _query={"receipt": outcome})
        return HTTPSeeOther(path)


@view_config(route_name="download", request_method="GET")
def download(context: Download, request: ShopRequest) -> Response:
    """The file itself."""
    file = context.file
    end_reading(request.db)
    opened = request.wiring.storage.open(file.digest)
    return send(request, opened=opened, size=file.size, digest=file.digest, media_type=media_type(file), name=file.name)


@view_defaults(route_name="receipt", renderer="library/receipt.jinja2")
class ReceiptController:
    """The receipt's link, from any browser; the token in it goes nowhere else."""

    def __init__(self, purchase: AlbumPurchase, request: ShopRequest) -> None:
        self.purchase = purchase
        self.request = request
        request.response.headers["Referrer-Policy"] = "no-referrer"

    @view_config(request_method="GET")
    def show(self) -> Page:
        page = _purchase_page(self.request, self.purchase)
        return {**page, "kept": self.request.visitor.owns(self.purchase), "keepable": self.purchase.account_id is None}

    @view_config(request_method="POST")
    def keep(self) -> Response:
        """Into the account that is signed in; who is not, signs in first and comes back."""
        if self.request.account is None:
            query = {"next": self.request.path}
            return HTTPSeeOther(self.request.route_path("sign_in", _query=query))
        keep(self.request.db, self.purchase, self.request.account)
        return HTTPSeeOther(self.request.path)
