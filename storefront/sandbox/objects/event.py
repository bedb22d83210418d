"""Event: https://docs.stripe.com/api/events/object."""

import stripe

from ..errors import Json
from ..ids import new_id


def event(
    kind: str,
    subject: Json,
    now: int,
    *,
    request_id: str | None,
    idempotency_key: str | None,
    deliveries: int,
    previous: Json | None = None,
) -> Json:
    """What happened to `subject`, as it is now; `previous` has the values that changed."""
    return {
        "id": new_id("evt"),
        "object": "event",
        "api_version": stripe.api_version,
        "created": now,
        "data": {"object": subject} | ({"previous_attributes": previous} if previous else {}),
        "livemode": False,
        "pending_webhooks": deliveries,
        "request": {"id": request_id, "idempotency_key": idempotency_key},
        "type": kind,
    }
