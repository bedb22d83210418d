"""Which page a purchase is on now."""

from pyramid.httpexceptions import HTTPSeeOther

from storefront.models import Album, AlbumPurchase, PurchaseState
from storefront.services.store.buyers import Visitor
from storefront.services.store.ordering import OrderBook
from storefront.services.store.purchasing import StoreService
from storefront.web.request import ShopRequest
from storefront.web.today import shop_day

_PAGES = {
    PurchaseState.CONFIRMING: "status",
    PurchaseState.PROCESSING: "status",
    PurchaseState.ACTION_REQUIRED: "authenticate",
    PurchaseState.PAID: "success",
    PurchaseState.CANCELED: "failure",
}


def page_of(purchase: AlbumPurchase) -> str:
    """The route of the purchase's present state: "buy" until something was tried."""
    if purchase.state in (PurchaseState.CREATED, PurchaseState.OPEN):
        return "failure" if purchase.attempt else "buy"
    return _PAGES[purchase.state]


def to_page_of(request: ShopRequest, purchase: AlbumPurchase) -> HTTPSeeOther:
    route = page_of(purchase)
    if route == "buy":
        return HTTPSeeOther(request.route_path("buy", slug=purchase.album.slug))
    return HTTPSeeOther(request.route_path(route, public_id=purchase.public_id))


def purpose_of(visitor: Visitor, album: Album) -> str:
    """What a visitor who buys an album holds a slot for; see storefront.web.slots."""
    return f"{album.id} {' '.join(visitor.keys)}"


def store_service(request: ShopRequest) -> StoreService:
    """The service that sells, with this request's session."""
    wiring = request.wiring
    suffix = wiring.settings.statement_descriptor_suffix
    orders = OrderBook(request.db, suffix, today=lambda: shop_day(wiring.settings))
    return StoreService(request.db, wiring.processor, wiring.links, orders)
