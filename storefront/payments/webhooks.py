"""Stripe's webhooks: the signature over the raw bytes, the time, and what the event is about.

By hand, as Stripe documents it (https://docs.stripe.com/webhooks#verify-manually), because the package's own check lets
a time in the future pass, and fails with TypeError, UnicodeDecodeError, AttributeError or RecursionError on what
strangers may send.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import stripe

from storefront.payments.errors import BadWebhook

#: The version of Stripe's API that this shop speaks; https://docs.stripe.com/api/versioning
API_VERSION: str = stripe.api_version

#: Names of Stripe's: visible ASCII.
_NAME = re.compile(r"[!-~]{1,100}", re.ASCII)

#: How far a message's time may be from ours, in seconds, either way.
TOLERANCE = 300


@dataclass(frozen=True, slots=True)
class Event:
    """What the inbox needs to know of an event; the truth is fetched from Stripe later."""

    id: str
    type: str
    object_id: str | None
    livemode: bool
    #: That the message is written in: the endpoint's at Stripe.
    api_version: str | None = None
    #: Whose account it is about, where that is another one (Connect); None for our own.
    account: str | None = None


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
    if not isinstance(subject, dict):
        raise BadWebhook("the event lacks its object")
    if event.get("livemode") is not livemode:
        raise BadWebhook("the event is of the other mode (live or test)")
    return Event(
        id=_name(event, "id"),
        type=_name(event, "type"),
        object_id=_name(subject, "id") if subject.get("id") is not None else None,
        livemode=livemode,
        api_version=_name(event, "api_version") if event.get("api_version") is not None else None,
        account=_name(event, "account") if event.get("account") is not None else None,
    )


def _name(part: dict[str, Any], key: str) -> str:
    value = part.get(key)
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise BadWebhook(f"the event's {key} is none")
    return value
