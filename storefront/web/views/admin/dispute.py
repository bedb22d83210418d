"""One dispute: what the bank says, the evidence, and the two answers: to send it, or to give up."""

from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.models import Dispute, Wish
from storefront.services.shop.composing import Composer
from storefront.services.shop.disputes.evidence import put_together
from storefront.services.shop.disputes.fields import fields_for
from storefront.services.shop.disputes.listing import days_until
from storefront.services.shop.disputes.reasons import reason_of
from storefront.services.store.aftermath.answers import answer, save_draft, why_not
from storefront.services.store.errors import NO_ANSWER, DraftChanged, NotAnswerable
from storefront.web.forms.disputes import EvidenceForm
from storefront.web.request import ShopRequest
from storefront.web.security import Permission
from storefront.web.slots import AlreadyInside, stripe_slot
from storefront.web.views.admin.purchases import dashboard

Page = dict[str, Any]
CHANGED = (
    "Somebody else saved this evidence while you were typing. What you typed is still here; save it again to put it in "
    "the place of theirs."
)
CHANGED_BEFORE_SENDING = (
    "The evidence was changed after you had looked at it, and nothing was sent. This is how it is now."
)


class _Controller:
    def __init__(self, dispute: Dispute, request: ShopRequest) -> None:
        self.dispute = dispute
        self.request = request
        self.now = datetime.now(UTC)

    def to(self, route: str, **query: str) -> Response:
        path = self.request.route_path(route, dispute=self.dispute.stripe_dispute_id, _query=query)
        return HTTPSeeOther(path)

    def page(self, status: int = 200, **more: Any) -> Page:
        self.request.response.status_int = status
        dispute = self.dispute
        return {
            "dispute": dispute,
            "purchase": dispute.purchase,
            "answer": dispute.answer,
            "fields": fields_for(dispute.reason),
            "days": days_until(dispute.evidence_due, self.now),
            "problems": [],
            "account": self.request.account,
            **more,
        }

    def give(self, wish: Wish, seen: int | None = None) -> str:
        """Asks Stripe -> a word for how it stands then. Raises AnswerError."""
        request = self.request
        try:
            with stripe_slot(request, f"dispute:{self.dispute.stripe_dispute_id}", needed=True):
                processor = request.wiring.processor
                there = answer(request.db, processor, self.dispute, wish, self.now, by=request.actor, seen=seen)
        except AlreadyInside:
            there = False
        return wish.value if there else "asked"


@view_defaults(route_name="admin_dispute", renderer="admin/dispute.jinja2")
class DisputeController(_Controller):
    """What there is to know, and the evidence as a draft."""

    @view_config(request_method="GET", permission=Permission.SEE_PURCHASES)
    def show(self) -> Page:
        return self._page(EvidenceForm(data=self._texts()))

    @view_config(request_method="POST", permission=Permission.DECIDE_PURCHASES)
    def save(self) -> Page | Response:
        form = EvidenceForm(self.request.POST)
        if not form.validate():
            return self._page(form, 422, problems=form.problems)
        try:
            save_draft(self.request.db, self.dispute, form.texts, form.seen, self.now, by=self.request.actor)
        except DraftChanged as error:
            form.version.data = str(error.version)
            return self._page(form, 409, problems=[(None, CHANGED)])
        except NotAnswerable as error:
            return self._page(form, 409, problems=[(None, error.sentence)])
        return self.to("admin_dispute_send") if "on" in self.request.POST else self.to("admin_dispute", done="saved")

    def _texts(self) -> dict[str, str]:
        """The draft, or what the shop puts together before there is one."""
        row, wiring = self.dispute.answer, self.request.wiring
        if row is not None and row.version:
            return {**row.texts, "version": str(row.version)}
        composer = Composer(wiring.templates, wiring.links, wiring.shop.known)
        return {**put_together(self.request.db, self.dispute, composer), "version": "0"}

    def _page(self, form: EvidenceForm, status: int = 200, **more: Any) -> Page:
        why = why_not(self.dispute, Wish.CONTEST, self.now)
        usual = {
            "form": form,
            "reason": reason_of(self.dispute.reason),
            "why": NO_ANSWER[why] if why else None,
            "acceptable": why_not(self.dispute, Wish.ACCEPT, self.now) is None,
            "done": self.request.GET.get("done"),
            "dashboard": dashboard(self.request),
        }
        return self.page(status, **usual, **more)


@view_defaults(
    route_name="admin_dispute_send", renderer="admin/dispute_send.jinja2", permission=Permission.DECIDE_PURCHASES
)
class SendController(_Controller):
    """Shows what will be sent, and asks once."""

    @view_config(request_method="GET")
    def show(self) -> Page | Response:
        row = self.dispute.answer
        if row is None or not row.version or why_not(self.dispute, Wish.CONTEST, self.now):
            return self.to("admin_dispute")
        return self.page()

    @view_config(request_method="POST")
    def send(self) -> Page | Response:
        try:
            return self.to("admin_dispute", done=self.give(Wish.CONTEST, EvidenceForm(self.request.POST).seen))
        except DraftChanged:
            return self.page(409, problems=[(None, CHANGED_BEFORE_SENDING)])
        except NotAnswerable as error:
            return self.page(409, problems=[(None, error.sentence)])


@view_defaults(
    route_name="admin_dispute_accept", renderer="admin/dispute_accept.jinja2", permission=Permission.DECIDE_PURCHASES
)
class AcceptController(_Controller):
    """Gives the dispute up, and asks once."""

    @view_config(request_method="GET")
    def show(self) -> Page | Response:
        return self.to("admin_dispute") if why_not(self.dispute, Wish.ACCEPT, self.now) else self.page()

    @view_config(request_method="POST")
    def accept(self) -> Page | Response:
        try:
            return self.to("admin_dispute", done=self.give(Wish.ACCEPT))
        except NotAnswerable as error:
            return self.page(409, problems=[(None, error.sentence)])
