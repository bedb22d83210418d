"""/3ds/{id}: the bank asks the customer, in Stripe.js's modal frame or, after a redirect, in a page of its own."""

import hmac
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from .. import money, payments
from ..call import Call
from ..errors import Json, StripeError
from ..objects.charge import STATEMENT_DESCRIPTOR
from ..service import Service
from . import policy


@view_defaults(route_name="challenge", renderer="challenge.jinja2")
class ChallengeController:
    """The question and its answer; whoever knows the client secret may answer, as at Stripe."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.service: Service = request.registry.sandbox
        self.call: Call = replace(self.service.call(request.host_url), path=dict(request.matchdict))
        self.intent = self._intent()
        #: where the customer goes afterwards; None in Stripe.js's frame
        self.return_url = self.service.store.hidden(self.intent["id"]).get("return_url")
        if "redirect" not in request.params:
            self.return_url = None

    @view_config(request_method="GET")
    def ask(self) -> Json:
        """The page with the two buttons, or what there is to say when nothing is asked."""
        return self._page()

    @view_config(request_method="POST")
    def answer(self) -> Json | Response:
        """Does what was chosen, once; then back to the shop."""
        passed = self.request.POST.get("outcome") == "complete"
        with suppress(StripeError), self.service.store.transaction():  # a decline is told by the intent
            self.intent = self._intent()
            if self.intent["status"] == "requires_action":
                self.intent = payments.authenticate(self.call, self.intent, passed=passed)
        self.service.wake.set()
        self.intent = self._intent()
        return HTTPSeeOther(self._way_back(self.return_url)) if self.return_url else self._page()

    def _intent(self) -> Json:
        found = self.service.store.find("payment_intent", self.request.matchdict["id"])
        secret = self.request.params.get("client_secret", "")
        if found is None or not hmac.compare_digest(secret.encode(), found["client_secret"].encode()):
            raise HTTPNotFound
        return found

    def _way_back(self, address: str) -> str:
        status = "succeeded" if self.intent["status"] == "succeeded" else "failed"
        query = urlencode(
            {
                "payment_intent": self.intent["id"],
                "redirect_status": status,
                "payment_intent_client_secret": self.intent["client_secret"],
            }
        )
        return f"{address}{'&' if urlsplit(address).query else '?'}{query}"

    def _page(self) -> Json:
        self._protect()
        method = self.service.store.find("payment_method", self.intent["payment_method"] or "")
        return {
            "asks": self.intent["status"] == "requires_action",
            "amount": money.display(self.intent["amount"], self.intent["currency"]),
            "merchant": STATEMENT_DESCRIPTOR,
            "last4": method["card"]["last4"] if method else None,
            "client_secret": self.intent["client_secret"],
            "redirects": self.return_url is not None,
            "parent": self.request.params.get("parent", ""),
        }

    def _protect(self) -> None:
        targets = "'self'"
        if self.return_url:  # browsers hold the redirect after a form's POST against form-action too
            back = urlsplit(self.return_url)
            targets += f" {back.scheme}://{back.netloc}"
        self.request.response.headers.update(
            {
                "Content-Security-Policy": f"{policy(self.service.settings.allowed_origins)}; form-action {targets}",
                "Referrer-Policy": "no-referrer",
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
            }
        )


def includeme(config: Configurator) -> None:
    """Registers the page."""
    config.add_route("challenge", "/3ds/{id}")
    config.add_jinja2_search_path("storefront.sandbox:pages")
    config.scan(__name__)
