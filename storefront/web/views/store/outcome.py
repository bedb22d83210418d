"""What came of a purchase. Whoever comes at the wrong time is sent to the page of the present state."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from sqlalchemy import select

from storefront.models import AlbumPurchase, PaymentAttempt, PurchaseState
from storefront.services.library.delivery import choices
from storefront.services.store.closure import is_closed
from storefront.services.store.errors import OutcomeUnknown
from storefront.services.store.transitions import UNSETTLED
from storefront.web.pace import keep_pace
from storefront.web.request import ShopRequest
from storefront.web.slots import Busy, stripe_slot
from storefront.web.views.store.again import BUSY_ENDING, again_page
from storefront.web.views.store.states import is_sent_just_now, page_of, store_service, to_page_of

#: How often the status page loads itself again, in seconds.
REFRESH = 3

START_AGAIN = "Nothing was charged. You can start again whenever you like; your address is kept."
TRY_AGAIN = "Nothing was charged. Try again with the same card or another one; your address is kept."


class OutcomeController:
    """What these pages share: a purchase of this visitor's, which may be asked about so often and no more."""

    def __init__(self, purchase: AlbumPurchase, request: ShopRequest) -> None:
        keep_pace(request, purchase.public_id)
        self.purchase = purchase
        self.request = request

    def elsewhere(self) -> HTTPSeeOther:
        """To the status page, which knows where the purchase stands."""
        return HTTPSeeOther(self.request.route_path("status", public_id=self.purchase.public_id))

    def checking(self, status: int = 200) -> Response:
        """The status page in this address's place: whatever the row says, how it stands is not known now."""
        address = self.request.route_path("status", public_id=self.purchase.public_id)
        values = self.facts(seconds=REFRESH, address=address)
        response = render_to_response("store/status.jinja2", values, request=self.request, response=Response())
        response.status_int = status
        if status == 503:
            response.retry_after = REFRESH
        return response

    def facts(self, **more: Any) -> dict[str, Any]:
        return {"purchase": self.purchase, "album": self.purchase.album, **more}


@view_defaults(route_name="success", renderer="store/success.jinja2")
class SuccessController(OutcomeController):
    """Thank you: the album is theirs."""

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any] | Response:
        purchase = self.purchase
        if purchase.state != PurchaseState.PAID:
            return self.elsewhere()
        if not purchase.has_access:
            return HTTPSeeOther(self.request.route_path("owned", public_id=purchase.public_id))  # it says why
        return self.facts(
            choices=choices(self.request.db, purchase, self._address),
            preparing=False,
            receipt_to=purchase.email,
            signed_in=self.request.account is not None,
        )

    def _address(self, name: str) -> str:
        return self.request.route_path("download", public_id=self.purchase.public_id, format=name)


@view_defaults(route_name="failure", renderer="store/failure.jinja2")
class FailureController(OutcomeController):
    """Not charged: what to do first, then why."""

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any] | Response:
        if page_of(self.purchase) != "failure":
            return self.elsewhere()
        if is_closed(self.request.db):  # a restored backup may remember as unpaid what was paid afterwards
            return self.checking()
        reason = self.request.db.scalar(
            select(PaymentAttempt.decline_message).where(
                PaymentAttempt.purchase_id == self.purchase.id, PaymentAttempt.number == self.purchase.attempt
            )
        )
        canceled = self.purchase.state == PurchaseState.CANCELED
        return self.facts(
            headline="The payment was ended" if canceled else "The card was not charged",
            reason=reason,
            advice=START_AGAIN if canceled else TRY_AGAIN,
            again_url=self.request.route_path("buy", slug=self.purchase.album.slug),
        )


@view_defaults(route_name="status", renderer="store/status.jinja2")
class StatusController(OutcomeController):
    """We are checking: loads itself again, and asks Stripe nothing; the settling job does."""

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any] | Response:
        if page_of(self.purchase) != "status" and not is_sent_just_now(self.request, self.purchase):
            return to_page_of(self.request, self.purchase)
        return self.facts(seconds=REFRESH, address=self.request.path_qs)


@view_defaults(route_name="authenticate", renderer="store/authenticate.jinja2")
class AuthenticateController(OutcomeController):
    """3-D Secure: the bank asks whether it is really the buyer."""

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any] | Response:
        if self.purchase.state != PurchaseState.ACTION_REQUIRED:
            return self.elsewhere()
        try:
            with stripe_slot(self.request, self.purchase.public_id, needed=True):
                client_secret = store_service(self.request).client_secret(self.purchase)
        except OutcomeUnknown:
            return self.checking()
        except Busy:
            return self.checking(503)
        return_url = self.request.route_path("return", public_id=self.purchase.public_id)
        if client_secret is None:
            return self.checking() if self.purchase.flags else HTTPSeeOther(return_url)
        self.request.loads_stripe = True
        processor = self.request.wiring.processor
        return self.facts(
            checkout={
                "publishable_key": processor.stripe_public_key,
                "js_url": processor.stripe_js_url,
                "client_secret": client_secret,
                "return_url": return_url,
            }
        )


@view_defaults(route_name="return")
class ReturnController(OutcomeController):
    """Back from the bank. The address's parameters are ignored; Stripe is asked."""

    @view_config(request_method="GET")
    def settle(self) -> Response:
        try:
            with stripe_slot(self.request, self.purchase.public_id, needed=self.purchase.state in UNSETTLED):
                store_service(self.request).look(self.purchase)
        except Busy:
            return self.checking(503)
        return to_page_of(self.request, self.purchase)


@view_defaults(route_name="cancel")
class CancelController(OutcomeController):
    """ "Another card" and "start again"."""

    @view_config(request_method="POST")
    def cancel(self) -> Response:
        try:
            with stripe_slot(self.request, self.purchase.public_id, needed=self._asks_stripe):
                store_service(self.request).cancel(self.purchase)
        except Busy:
            return again_page(
                self.request, self.purchase.album, BUSY_ENDING, address=self.request.path, label="Try again", fields={}
            )
        except OutcomeUnknown:
            return HTTPSeeOther(self.request.route_path("return", public_id=self.purchase.public_id))
        if self.purchase.state == PurchaseState.CANCELED:
            return HTTPSeeOther(self.request.route_path("buy", slug=self.purchase.album.slug))
        return to_page_of(self.request, self.purchase)

    @property
    def _asks_stripe(self) -> bool:
        return self.purchase.state in (PurchaseState.OPEN, *UNSETTLED)
