"""The page for what cannot be done this moment, but may when it is sent again, with all that was typed.

A one-time token that was not sent stays good for a while, so nobody has to enter the card again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pyramid.renderers import render_to_response
from pyramid.response import Response

from storefront.models import Album
from storefront.web.request import ShopRequest


@dataclass(frozen=True, slots=True)
class Rest:
    """Why not now, in a buyer's words, and in how many seconds again (for Retry-After, RFC 9110 §10.2.3)."""

    headline: str
    sentence: str
    seconds: int


MANY = "Very many people are paying just now"
BUSY = Rest(MANY, "This was not sent, and nothing was charged. Your card details are kept: press once more.", 20)
BUSY_ENDING = Rest(MANY, "So this was not sent yet. Press once more in a moment.", 20)
CLOSED = Rest(
    "Back in a moment",
    "The shop is going through its books and sells nothing meanwhile. Try again in a few minutes.",
    120,
)
CLOSED_MEANWHILE = Rest(
    CLOSED.headline,
    "The shop is going through its books and sells nothing meanwhile. This was not sent, and what you typed is kept: "
    "press again in a few minutes.",
    CLOSED.seconds,
)


def again_page(
    request: ShopRequest,
    album: Album,
    rest: Rest,
    *,
    address: str,
    label: str,
    fields: Mapping[str, str] | None = None,
) -> Response:
    """503, with a button that sends `fields` to `address` again; without fields `label` is a link that looks again."""
    values = {
        "album": album,
        "headline": rest.headline,
        "sentence": rest.sentence,
        "address": address,
        "label": label,
        "fields": fields,
    }
    response = render_to_response("store/again.jinja2", values, request=request, response=Response())
    response.status_int = 503
    response.retry_after = rest.seconds
    return response
