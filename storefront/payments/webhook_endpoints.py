"""The addresses that Stripe sends its messages to. https://docs.stripe.com/api/webhook_endpoints"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import stripe

from storefront.payments.stripe_errors import our_errors

#: What events look like: the same as what the package's calls are answered with.
API_VERSION: str = stripe.api_version


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """One of them. Its API version cannot be changed."""

    id: str
    url: str
    events: frozenset[str]
    enabled: bool
    #: None: the account's default.
    api_version: str | None


class WebhookEndpoints:
    """Each method raises PaymentError."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._endpoints = client.v1.webhook_endpoints

    def find(self, url: str) -> list[WebhookEndpoint]:
        """Those of an address, the newest first."""
        params: Any = {"limit": 100}
        with our_errors():
            found = [_endpoint(each) for each in self._endpoints.list(params).auto_paging_iter()]
        return [endpoint for endpoint in found if endpoint.url == url]

    def create(self, url: str, events: Sequence[str]) -> tuple[WebhookEndpoint, str]:
        """A new one, and the secret that signs its messages: Stripe tells it this once."""
        params: Any = {"url": url, "enabled_events": list(events), "api_version": API_VERSION}
        with our_errors():
            made = self._endpoints.create(params)
            assert made.secret
            return _endpoint(made), made.secret

    def update(self, endpoint: WebhookEndpoint, events: Sequence[str]) -> None:
        """These events and no others, and enabled."""
        params: Any = {"enabled_events": list(events), "disabled": False}
        with our_errors():
            self._endpoints.update(endpoint.id, params)

    def delete(self, endpoint: WebhookEndpoint) -> None:
        with our_errors():
            self._endpoints.delete(endpoint.id)


def _endpoint(found: stripe.WebhookEndpoint) -> WebhookEndpoint:
    return WebhookEndpoint(
        id=found.id,
        url=found.url,
        events=frozenset(found.enabled_events),
        enabled=found.status == "enabled",
        api_version=found.api_version,
    )
