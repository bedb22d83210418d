"""Who is told of events: the address in the settings, and the webhook endpoints that the account has registered.

https://docs.stripe.com/api/webhook_endpoints
"""

from dataclasses import dataclass

from .settings import Settings
from .store import Store

#: the name of the address in the settings, which is no object of the API
FROM_SETTINGS = "settings"


@dataclass(frozen=True)
class Listener:
    """An address that takes events, and the secret that they are signed with."""

    url: str
    secret: str


def interested(store: Store, settings: Settings, kind: str) -> list[str]:
    """The names of those who want events of that type."""
    endpoints = store.select("webhook_endpoint", "json_extract(body, '$.status') = 'enabled'", order="ASC")
    wanted = [found["id"] for found in endpoints if {"*", kind} & set(found["enabled_events"])]
    return ([FROM_SETTINGS] if settings.webhook_url else []) + wanted


def find(store: Store, settings: Settings, name: str) -> Listener | None:
    """The listener of that name; None if it was taken away, or is switched off."""
    if name == FROM_SETTINGS:
        return Listener(settings.webhook_url, settings.webhook_secret)
    endpoint = store.find("webhook_endpoint", name)
    if endpoint is None or endpoint["status"] != "enabled":
        return None
    return Listener(endpoint["url"], store.hidden(name)["secret"])
