"""Stripe's webhooks: the signature over the raw bytes, the time, and what the event is about.

By hand, as Stripe documents it (https://docs.stripe.com/webhooks#verify-manually), because the package's own check lets
a time in the future pass, and fails with TypeError, UnicodeDecodeError, AttributeError or RecursionError on what
strangers may send.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storefront.payments.errors import BadWebhook

#: How far a message's time may be from ours, in seconds, either way.
TOLERANCE = 300


@dataclass(frozen=True, slots=True)
class Event:
    """What the inbox needs to know of an event; the truth is fetched from Stripe later."""

    id: str
    type: str
    object_id: str | None
    livemode: bool


def read_event(body: bytes, signature: str | None, secrets: Sequence[str], now: int, *, livemode: bool) -> Event:
    """Checks and reads one message; `now` in seconds since 1970. Raises BadWebhook."""
    time, given = _parse(signature)
    signed = str(time).encode() + b"." + body
    expected = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    if not any(hmac.compare_digest(ours.encode(), theirs) for ours in expected for theirs in given):
        raise BadWebhook("the signature is not Stripe's")
    if abs(now - time) > TOLERANCE:
        raise BadWebhook(f"the message is {now - time} s from our time")
    return _read(body, livemode)


def _parse(header: str | None) -> tuple[int, list[bytes]]:
    """ "t=1492774577,v1=5257a8...,v1=...,v0=..." -> the time and every v1."""
    time, signatures = None, []
    for item in (header or "").split(","):
        name, _, value = item.strip().partition("=")
        if name == "t" and value.isascii() and value.isdigit() and len(value) < 16:
            time = int(value)
        elif name == "v1":
            signatures.append(value.encode("utf-8", "replace"))
    if time is None or not signatures:
        raise BadWebhook("there is no signature")
    return time, signatures


def _read(body: bytes, livemode: bool) -> Event:
    try:
        event: Any = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadWebhook("the message is no JSON") from error
    if not isinstance(event, dict) or event.get("object") != "event":
        raise BadWebhook("the message is no event")
    subject = event.get("data")
    subject = subject.get("object") if isinstance(subject, dict) else None
    names = (event.get("id"), event.get("type"))
    if not isinstance(subject, dict) or not all(isinstance(name, str) and 0 < len(name) <= 100 for name in names):
        raise BadWebhook("the event lacks its id, its type or its object")
    if event.get("livemode") is not livemode:
        raise BadWebhook("the event is of the other mode (live or test)")
    object_id = subject.get("id")
    return Event(str(names[0]), str(names[1]), object_id if isinstance(object_id, str) else None, livemode)
