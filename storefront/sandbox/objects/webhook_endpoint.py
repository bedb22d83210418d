"""WebhookEndpoint: https://docs.stripe.com/api/webhook_endpoints/object."""

from ..errors import Json
from ..ids import new_id


def webhook_endpoint(params: Json, now: int) -> Json:
    """An address that takes events, of checked parameters; its secret is kept elsewhere, and shown once."""
    return {
        "id": new_id("we"),
        "object": "webhook_endpoint",
        "api_version": params.get("api_version"),
        "application": None,
        "created": now,
        "description": params.get("description") or None,
        "enabled_events": params["enabled_events"],
        "livemode": False,
        "metadata": {name: value for name, value in (params.get("metadata") or {}).items() if value},
        "status": "enabled",
        "url": params["url"],
    }
