"""/stripe/webhook: Stripe's messages."""

import logging
import time

from pyramid.httpexceptions import HTTPBadRequest, HTTPRequestEntityTooLarge
from pyramid.response import Response
from pyramid.view import view_config

from storefront.payments.errors import BadWebhook
from storefront.services.store.nets.inbox import keep
from storefront.services.store.ordering import utc_now
from storefront.web.request import ShopRequest

log = logging.getLogger(__name__)

LARGEST = 256 * 1024


class WebhookController:
    """Takes a message in, if it is Stripe's. What it says is looked up at Stripe later."""

    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(route_name="webhook", request_method="POST", require_csrf=False)
    def receive(self) -> Response:
        if (self.request.content_length or 0) > LARGEST:
            raise HTTPRequestEntityTooLarge
        body = self.request.body
        try:
            event = self.request.wiring.processor.read_event(
                body, self.request.headers.get("Stripe-Signature"), int(time.time())
            )
        except BadWebhook as error:
            log.warning("refused a webhook: %s", error)
            raise HTTPBadRequest(str(error)) from error
        keep(self.request.db, event, body, utc_now())
        return Response(status=200, content_type="text/plain")
