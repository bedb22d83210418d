"""/store/buy and /store/complete: the form, and the purchase."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from sqlalchemy import func, select

from storefront.models import Album, AlbumPurchase, Pricing, PurchaseState, Track
from storefront.money import BadMoney, Money, parse_price
from storefront.services.store.closure import is_closed
from storefront.services.store.errors import (
    AccessWithdrawn,
    AlbumNotForSale,
    AmountTooLow,
    CardNotTaken,
    CheckoutClosed,
    CheckoutUnavailable,
    OutcomeUnknown,
    PriceChanged,
    SentAlready,
    StoreError,
    TokenNotOurs,
    TooManyDeclines,
)
from storefront.services.store.ordering import Buyer, for_sale
from storefront.web.cookies import BUYER, LONGEST, new_token, read_cookie, set_cookie
from storefront.web.forms.store import BuyForm
from storefront.web.request import ShopRequest
from storefront.web.slots import AlreadyInside, Busy, stripe_slot
from storefront.web.today import shop_day
from storefront.web.views.store.again import BUSY, CLOSED, CLOSED_MEANWHILE, Rest, again_page
from storefront.web.views.store.states import page_of, purpose_of, store_service, to_page_of, to_page_of_sent

ENTER_AGAIN = "Nothing was charged. Please enter your card again."
COOKIE_MISSING = "Your browser did not send the shop's cookie. Please allow it, load the page again and try once more."
UNREACHABLE = "Nothing was charged. The payment service does not answer just now; please try again in a minute."
TOO_MANY = "Nothing was charged. Many payments in a row were declined, so paying rests for {wait}; then try again."


class BuyPage:
    """The page with the form, as both addresses show it."""

    def __init__(self, album: Album, request: ShopRequest) -> None:
        self.album = album
        self.request = request

    def respond(
        self,
        form: BuyForm,
        price: Money,
        *,
        problems: Sequence[tuple[str | None, str]] = (),
        notice: str | None = None,
        status: int = 200,
        wait: int | None = None,
    ) -> Response:
        """The form for `price`, with the buyer's cookie; an existing one is kept. `wait`: again in so many seconds."""
        self.request.loads_stripe = price.amount > 0
        form.amount.data, form.currency.data, form.stripeToken.data = str(price.amount), price.currency, ""
        account = self.request.account
        response = render_to_response(
            "store/buy.jinja2",
            {
                "album": self.album,
                "track_count": self._count_tracks(),
                "price": price,
                "free": price.amount == 0,
                "minimum": self.album.price if self.album.pricing == Pricing.MINIMUM else None,
                "form": form,
                "problems": problems,
                "notice": notice,
                "signed_in_as": account.email if account else None,
                "checkout": self._checkout(price),
            },
            request=self.request,
        )
        response.status_int = status
        response.retry_after = wait
        set_cookie(self.request, response, BUYER, read_cookie(self.request, BUYER) or new_token(), LONGEST)
        return response

    def _checkout(self, price: Money) -> dict[str, Any]:
        """What checkout.js tells Stripe's Payment Element: what the intent will say, or Stripe refuses the token."""
        processor = self.request.wiring.processor
        return {
            "publishable_key": processor.stripe_public_key,
            "js_url": processor.stripe_js_url,
            "amount": price.amount,
            "currency": price.currency,
            "types": list(processor.payment_method_types),
            "locale": self.request.wiring.settings.shop_locale.replace("_", "-"),
        }

    def _count_tracks(self) -> int:
        count = select(func.count()).select_from(Track).where(Track.edition_id == self.album.edition_id)
        return self.request.db.scalar(count) or 0


@view_defaults(route_name="buy")
class BuyController:
    """What is bought, for how much, and the card."""

    def __init__(self, album: Album, request: ShopRequest) -> None:
        self.album = album
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> Response:
        if not for_sale(self.album, shop_day(self.request.wiring.settings)):
            raise AlbumNotForSale(self.album.slug)
        last = store_service(self.request).orders.find_last(self.album.id, self.request.visitor)
        if last is not None and last.live and page_of(last) not in ("buy", "failure"):
            return self._elsewhere(last)
        if is_closed(self.request.db):
            return again_page(self.request, self.album, CLOSED, address=self.request.path_qs, label="Try again")
        account = self.request.account
        email = account.email if account else last.email if last else ""
        form = BuyForm(data={"email": email, "referrer_host": self._referrer_host()})
        price, problems = self._price()
        notice = "Nothing was charged." if last is not None and page_of(last) == "failure" else None
        status = 400 if problems else 200
        return BuyPage(self.album, self.request).respond(form, price, problems=problems, notice=notice, status=status)

    def _elsewhere(self, purchase: AlbumPurchase) -> HTTPSeeOther:
        if purchase.state == PurchaseState.PAID and not purchase.has_access:
            raise AccessWithdrawn(purchase)
        return to_page_of(self.request, purchase)

    def _price(self) -> tuple[Money, list[tuple[str | None, str]]]:
        """What a buyer who may choose has chosen, as ?price=12.00; else the album's."""
        typed, least = self.request.GET.get("price"), self.album.price
        if typed is None or self.album.pricing != Pricing.MINIMUM:
            return least, []
        try:
            price = parse_price(typed, least.currency)
        except BadMoney as error:
            return least, [("price", str(error))]
        return (price, []) if price.amount >= least.amount else (least, [("price", _at_least(least))])

    def _referrer_host(self) -> str:
        try:
            host = urlsplit(self.request.referer or "").hostname or ""
        except ValueError:  # whatever that was, it was no page
            return ""
        return "" if host == self.request.host.partition(":")[0] else host[:253]


def _minutes(wait: timedelta) -> str:
    minutes = ceil(wait / timedelta(minutes=1))
    return "a minute" if minutes <= 1 else f"{minutes} minutes"


def _at_least(least: Money) -> str:
    return f"The least for this album is {least.format()}"


@view_defaults(route_name="complete")
class CompleteController:
    """The purchase itself."""

    def __init__(self, album: Album, request: ShopRequest) -> None:
        self.album = album
        self.request = request
        self.page = BuyPage(album, request)

    @view_config(request_method="POST")
    def complete(self) -> Response:
        form = BuyForm(self.request.POST)
        account = self.request.account
        if account:
            form.email.data = account.email
        if account is None and self.request.visitor.browser is None:
            raise HTTPBadRequest(COOKIE_MISSING)
        if not form.validate():
            status = 422 if set(form.errors) == {"email"} else 400
            return self.page.respond(form, self._shown_or_price(form), problems=form.problems, status=status)
        try:
            return self._buy(form)
        except Busy:
            return self._send_again(form, BUSY)
        except SentAlready as error:
            return to_page_of_sent(self.request, error.purchase)
        except OutcomeUnknown as error:
            return to_page_of(self.request, error.purchase)
        except StoreError as error:
            return self._explain(form, error)

    def _buy(self, form: BuyForm) -> Response:
        service, buyer, album = store_service(self.request), self._buyer(form), self.album
        needed = service.asks_stripe(album, buyer.visitor, form.shown)
        try:
            with stripe_slot(self.request, purpose_of(buyer.visitor, album), needed=needed):
                return to_page_of(self.request, service.purchase_album(album, buyer, form.shown, form.token))
        except AlreadyInside:
            live = service.orders.find_live(album.id, buyer.visitor)
            purchase = live or service.begin(album.id, buyer, form.shown)  # the row of both
            return to_page_of_sent(self.request, purchase)

    def _buyer(self, form: BuyForm) -> Buyer:
        return Buyer(
            visitor=self.request.visitor,
            email=form.email.data,
            locale=(self.request.headers.get("Accept-Language") or "").split(",")[0].split(";")[0].strip()[:20],
            referrer_host=form.referrer,
            network=self.request.network,
            address=self.request.client,
        )

    def _shown_or_price(self, form: BuyForm) -> Money:
        """What the buyer had before the eyes, where the form still says so sensibly."""
        if self.album.pricing == Pricing.MINIMUM and not {"amount", "currency"} & set(form.errors):
            shown = form.shown
            if shown.currency == self.album.currency and shown.amount >= self.album.amount:
                return shown
        return self.album.price

    def _send_again(self, form: BuyForm, rest: Rest) -> Response:
        """Nothing was sent: the very same can be."""
        label = f"Pay {form.shown.format()}" if form.shown.amount else "Get the album"
        return again_page(self.request, self.album, rest, address=self.request.path, label=label, fields=form.typed)

    def _explain(self, form: BuyForm, error: StoreError) -> Response:
        """The form again, with what was typed kept. What has a page of its own goes on to errors.py."""
        match error:
            case PriceChanged():
                notice = f"The price is {error.price.format()} now. Nothing was charged."
                return self.page.respond(form, error.price, notice=notice, status=409)
            case AmountTooLow():
                problems = [("price", _at_least(error.least))]
                return self.page.respond(form, error.least, problems=problems, status=400)
            case CardNotTaken():
                return self.page.respond(form, form.shown, problems=[("card", ENTER_AGAIN)], status=422)
            case TokenNotOurs():
                return self.page.respond(form, form.shown, problems=[("card", ENTER_AGAIN)], status=400)
            case CheckoutUnavailable():
                return self.page.respond(form, form.shown, problems=[(None, UNREACHABLE)], status=503, wait=60)
            case TooManyDeclines():
                problem = (None, TOO_MANY.format(wait=_minutes(error.wait)))
                return self.page.respond(form, form.shown, problems=[problem], status=429, wait=error.seconds)
            case CheckoutClosed():
                return self._send_again(form, CLOSED_MEANWHILE)
        raise error
