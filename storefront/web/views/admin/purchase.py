"""One purchase: all that happened, and what an admin can do about it."""

import secrets
from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.models import AlbumPurchase
from storefront.services.shop.purchases import purchase_line
from storefront.services.shop.receipts import TooManyReceipts, send_receipt_again
from storefront.services.shop.timeline import time_line
from storefront.services.store.aftermath.refunds import refund, rest_of, why_not
from storefront.services.store.by_hand import override_access, write_note
from storefront.services.store.errors import AmountNotRefundable, NotRefundable
from storefront.web.forms.purchases import REFERENCE, AccessForm, NoteForm, RefundForm
from storefront.web.request import ShopRequest
from storefront.web.security import Permission
from storefront.web.slots import AlreadyInside, stripe_slot
from storefront.web.views.admin.purchases import dashboard

Page = dict[str, Any]


class _Controller:
    def __init__(self, purchase: AlbumPurchase, request: ShopRequest) -> None:
        self.purchase = purchase
        self.request = request

    def to_purchase(self, done: str) -> Response:
        path = self.request.route_path("admin_purchase", public_id=self.purchase.public_id, _query={"done": done})
        return HTTPSeeOther(path)


@view_defaults(route_name="admin_purchase", renderer="admin/purchase.jinja2")
class PurchaseController(_Controller):
    """What happened, and the small acts; a refund has a page of its own."""

    @view_config(request_method="GET", permission=Permission.SEE_PURCHASES)
    def show(self) -> Page:
        return self._page()

    @view_config(request_method="POST", request_param="receipt", permission=Permission.SEND_RECEIPTS)
    def send_receipt(self) -> Response:
        try:
            send_receipt_again(self.request.db, self.purchase, datetime.now(UTC), self.request.actor)
        except TooManyReceipts:
            return self.to_purchase("enough")
        return self.to_purchase("sent")

    @view_config(request_method="POST", request_param="access", permission=Permission.DECIDE_PURCHASES)
    def decide_access(self) -> Page | Response:
        form = AccessForm(self.request.POST)
        if not form.validate():
            return self._page(422, access=form, problems=form.problems)
        now, by = datetime.now(UTC), self.request.actor
        override_access(self.request.db, self.purchase, form.override, form.reason.data or "", now, by)
        return self.to_purchase("access")

    @view_config(request_method="POST", request_param="note", permission=Permission.SEND_RECEIPTS)
    def add_note(self) -> Page | Response:
        form = NoteForm(self.request.POST)
        if not form.validate():
            return self._page(422, note=form, problems=form.problems)
        write_note(self.request.db, self.purchase, form.note.data or "", datetime.now(UTC), self.request.actor)
        return self.to_purchase("noted")

    def _page(self, status: int = 200, **more: Any) -> Page:
        self.request.response.status_int = status
        db, purchase = self.request.db, self.purchase
        usual = {
            "access": AccessForm(data={"access": purchase.access_override or "", "reason": purchase.access_reason}),
            "note": NoteForm(),
            "problems": [],
            "done": self.request.GET.get("done"),
        }
        return {
            "purchase": purchase,
            "line": purchase_line(db, purchase),
            "rest": rest_of(db, purchase),
            "why_not": why_not(db, purchase),
            "history": time_line(db, purchase),
            "dashboard": dashboard(self.request),
            "account": self.request.account,
            **usual,
            **more,
        }


@view_defaults(
    route_name="admin_purchase_refund", renderer="admin/refund.jinja2", permission=Permission.DECIDE_PURCHASES
)
class RefundController(_Controller):
    """Asks once, and says what the buyer will see."""

    @view_config(request_method="GET")
    def show(self) -> Page | Response:
        if why_not(self.request.db, self.purchase) is not None:
            return self.to_purchase("not_refundable")
        rest = rest_of(self.request.db, self.purchase)
        form = RefundForm(data={"amount": str(rest.decimal), "reference": secrets.token_hex(16)})
        return self._page(form, [])

    @view_config(request_method="POST")
    def give_back(self) -> Page | Response:
        form = RefundForm(self.request.POST)
        form.currency = self.purchase.currency
        if not REFERENCE.fullmatch(form.reference.data or ""):
            raise HTTPBadRequest
        if not form.validate():
            return self._page(form, form.problems, 422)
        try:
            status = self._refund(form)
        except AmountNotRefundable as error:
            form.amount.errors = [f"{error.rest} is all that can be given back"]
            return self._page(form, form.problems, 422)
        except NotRefundable as error:
            return self._page(form, [(None, error.sentence)], 409)
        except AlreadyInside:
            status = "requested"
        return self.to_purchase(f"refund_{status}")

    def _refund(self, form: RefundForm) -> str:
        """How it stands then."""
        request = self.request
        with stripe_slot(request, f"refund:{form.reference.data}", needed=True):
            return refund(
                request.db,
                request.wiring.processor,
                self.purchase,
                form.money,
                datetime.now(UTC),
                by=request.actor,
                reason=form.reason.data or "",
                reference=form.reference.data,
            ).status

    def _page(self, form: RefundForm, problems: list[tuple[str | None, str]], status: int = 200) -> Page:
        self.request.response.status_int = status
        return {
            "purchase": self.purchase,
            "rest": rest_of(self.request.db, self.purchase),
            "form": form,
            "problems": problems,
            "account": self.request.account,
        }
