"""Telling Stripe where to send its messages, of which kinds, and in the form of which version."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from storefront.payments import CreditCardProcessor
from storefront.payments.webhook_endpoints import API_VERSION
from storefront.services.store.nets.inbox import EVENT_TYPES

#: Names that are nobody's on the internet: https://www.rfc-editor.org/rfc/rfc6761, rfc6762
_PRIVATE_NAMES = ("localhost", "test", "invalid", "example", "local")


@dataclass(frozen=True, slots=True)
class Registration:
    """How the endpoint stands at Stripe now."""

    endpoint_id: str
    #: Signs its messages; told once, when it is made.
    secret: str | None
    #: Sentences; none: it was as it should be.
    changes: tuple[str, ...]


def out_of_reach(url: str) -> str | None:
    """Why Stripe cannot send anything to an address, in words; None when it can."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https"):
        return "it is no web address"
    if parts.scheme != "https":
        return "Stripe sends live messages by https alone"
    try:
        public = ip_address(host).is_global
    except ValueError:
        public = "." in host and host.rstrip(".").rpartition(".")[2] not in _PRIVATE_NAMES
    return None if public else "it is an address inside your own network"


def register_webhook(processor: CreditCardProcessor, url: str) -> Registration:
    """Makes the endpoint of `url` at Stripe, or brings it up to date; the second time nothing changes.

    An endpoint's version cannot be changed. One of another version stays beside the new one until this is called
    again, when the new one's secret is in place. Raises PaymentError.
    """
    endpoints, events = processor.webhook_endpoints, frozenset(EVENT_TYPES)
    found = endpoints.find(url)
    current = next((each for each in found if each.api_version == API_VERSION), None)
    older = [each for each in found if each.api_version != API_VERSION]
    if current is None:
        made, secret = endpoints.create(url, EVENT_TYPES)
        changes = [f"Registered for {len(events)} kinds of events, in the form of {API_VERSION}."]
        for each in older:
            version = each.api_version or "the account's own version"
            changes.append(
                f"{each.id} (of {version}) stays beside it. When the new secret is in place, run this again: it goes."
            )
        return Registration(made.id, secret, tuple(changes))
    changes = [f"New kind of event: {name}." for name in sorted(events - current.events)]
    changes += [f"No more: {name}." for name in sorted(current.events - events)]
    if not current.enabled:
        changes.append("It was disabled; it is enabled again.")
    if changes:
        endpoints.update(current, EVENT_TYPES)
    for each in older:
        endpoints.delete(each)
        changes.append(f"{each.id}, of another version, is removed.")
    return Registration(current.id, None, tuple(changes))
