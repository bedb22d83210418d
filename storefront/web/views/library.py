"""What somebody owns: the shelf, a purchase, its downloads, and the receipt's link."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.models import AlbumPurchase, FileKind, end_reading
from storefront.services.catalogue.words import MOST_CHARACTERS
from storefront.services.library.arranging import Order, arrange
from storefront.services.library.delivery import (
    choices,
    choices_as_bought,
    choices_of_all,
    last_first,
    media_type,
    tracks,
)
from storefront.services.library.everything import everything_choices, join_everything
from storefront.services.library.log import last_format, note_download
from storefront.services.library.ownership import owned_by, why_closed
from storefront.services.library.receipt_links import keep
from storefront.services.shop.receipts import TooManyReceipts, send_receipt_again
from storefront.web.contexts.library import Download
from storefront.web.downloads import download_addresses, everything_addresses
from storefront.web.request import ShopRequest
from storefront.web.sending import send, send_stored

Page = dict[str, Any]


@view_config(route_name="library", request_method="GET", renderer="library/shelf.jinja2")
def shelf(request: ShopRequest) -> Page:
    """Everything of this account and of this browser."""
    purchases = owned_by(request.db, request.visitor)
    to_have = [purchase for purchase in purchases if purchase.has_access]
    last = last_format(request.db, request.visitor)
    offered = choices_of_all(request.db, to_have, lambda purchase: download_addresses(request, purchase))
    everything = everything_choices(request.db, to_have, everything_addresses(request, request.visitor))
    words, order = request.GET.get("q", "").strip()[:MOST_CHARACTERS], _order(request)
    return {
        "purchases": arrange(purchases, words, order),
        "total": len(purchases),
        "words": words,
        "order": order,
        "orders": Order,
        "downloads": {public_id: last_first(choices, last) for public_id, choices in offered.items()},
        "everything": last_first(everything, last) if len(to_have) > 1 else [],
        "closed": {purchase.public_id: why_closed(purchase) for purchase in purchases},
        "account": request.account,
    }


def _order(request: ShopRequest) -> Order:
    text = request.GET.get("sort", Order.NEWEST)
    return Order(text) if text in list(Order) else Order.NEWEST


def _purchase_page(request: ShopRequest, purchase: AlbumPurchase) -> Page:
    page: Page = {"purchase": purchase, "album": purchase.album, "account": request.account}
    page["closed"] = why_closed(purchase)
    if not purchase.has_access:
        return {**page, "choices": [], "as_bought": [], "tracks": [], "last": None}
    addresses = download_addresses(request, purchase)
    last = last_format(request.db, request.visitor, purchase)
    return {
        **page,
        "choices": last_first(choices(request.db, purchase, addresses), last),
        "as_bought": choices_as_bought(request.db, purchase, addresses),
        "tracks": tracks(request.db, purchase, addresses),
        "last": last,
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
    """The file itself: to be kept, or to be listened to where it is a stream."""
    file, name = context.file, request.matchdict["format"]
    _note(request, [context.purchase], name)
    kept_as = None if file.kind == FileKind.STREAM else file.name
    return send_stored(request, file.digest, media_type=media_type(file), name=kept_as)


@view_config(route_name="everything", request_method="GET")
def everything(purchases: Sequence[AlbumPurchase], request: ShopRequest) -> Response:
    """All that somebody owns as one zip, which is nowhere but on its way to them."""
    format = request.matchdict["format"]
    whole = join_everything(request.db, request.wiring.storage, purchases, format)
    if whole is None:
        raise HTTPNotFound
    _note(request, purchases, format)
    name = f"{request.shop.name} ({whole.label}).zip"
    return send(request, whole.file, whole.size, digest=whole.digest, media_type="application/zip", name=name)


def _note(request: ShopRequest, purchases: Sequence[AlbumPurchase], name: str) -> None:
    """In the log of downloads, unless nothing but the headers was asked for."""
    if request.method == "GET":
        note_download(request.db, purchases, name, request.network, datetime.now(UTC))
    end_reading(request.db)


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
