"""Which page a purchase is on now."""

import re

from pyramid.httpexceptions import HTTPSeeOther

from storefront.models import Album, AlbumPurchase, PurchaseState
from storefront.services.store.buyers import Visitor
from storefront.services.store.ordering import OrderBook, utc_now
from storefront.services.store.purchasing import StoreService
from storefront.web.request import ShopRequest
from storefront.web.slots import slots_of
from storefront.web.today import shop_day

_PAGES = {
    PurchaseState.CONFIRMING: "status",
    PurchaseState.PROCESSING: "status",
    PurchaseState.ACTION_REQUIRED: "authenticate",
    PurchaseState.PAID: "success",
    PurchaseState.CANCELED: "failure",
}
#: The attempt that was the last when a form came a second time, and when that was.
SENT = re.compile(r"([0-9]{1,6})-([0-9]{1,12})", re.ASCII)
#: Seconds until what was sent is at Stripe, or was turned away: a slot, the card, and opening the payment.
BEGINS_WITHIN = 30


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


def to_page_of_sent(request: ShopRequest, purchase: AlbumPurchase) -> HTTPSeeOther:
    """Where the second sending of a form waits for its first, which another process of the shop may have taken."""
    sent = f"{purchase.attempt}-{int(utc_now().timestamp())}"
    return HTTPSeeOther(request.route_path("status", public_id=purchase.public_id, _query={"sent": sent}))


def is_sent_just_now(request: ShopRequest, purchase: AlbumPurchase) -> bool:
    """Whether a form was sent twice, and its first sending is still on its way: as nobody knows what will come of it,
    the purchase's last attempt is not what there is to say.

    This process knows by its slots; of another one's, the address tells for as long as a sending may take.
    """
    if purpose_of(request.visitor, purchase.album) in slots_of(request):
        return True
    sent = SENT.fullmatch(request.GET.get("sent", ""))
    if sent is None or purchase.state not in (PurchaseState.CREATED, PurchaseState.OPEN):
        return False
    return int(sent[1]) == purchase.attempt and abs(utc_now().timestamp() - int(sent[2])) < BEGINS_WITHIN


def purpose_of(visitor: Visitor, album: Album) -> str:
    """What a visitor who buys an album holds a slot for; see storefront.web.slots."""
    return f"{album.id} {' '.join(visitor.keys)}"


def store_service(request: ShopRequest) -> StoreService:
    """The service that sells, with this request's session."""
    wiring = request.wiring
    suffix = wiring.settings.statement_descriptor_suffix
    orders = OrderBook(request.db, suffix, today=lambda: shop_day(wiring.settings))
    return StoreService(request.db, wiring.processor, wiring.links, orders)
