"""What accounts and the library refuse, as pages: what happened, and the way on."""

import logging

from pyramid.response import Response
from pyramid.view import exception_view_config

from storefront.services.accounts.limits import TooManyTries
from storefront.services.accounts.passwords import HashingBusy
from storefront.services.accounts.registration import LinkGone
from storefront.services.library.errors import AccessClosed
from storefront.services.library.signing import LinkExpired
from storefront.web.request import ShopRequest
from storefront.web.slots import Busy
from storefront.web.views.errors import PAGES, Words, error_page

log = logging.getLogger(__name__)

REFUSALS: dict[type[Exception], tuple[int, Words]] = {
    TooManyTries: (429, PAGES[429]),
    HashingBusy: (503, Words("One moment, please", "Very many people are at the door. Please try again in a minute.")),
    Busy: (503, PAGES[503]),
    LinkGone: (
        410,
        Words(
            "This link no longer works",
            "A link like this is good for half an hour, and once. Another one is in your mailbox in a minute.",
            "Send me another link",
            "password",
        ),
    ),
    LinkExpired: (
        410,
        Words(
            "This download link has run out",
            "Links to the files are good for a day. There are fresh ones in your library, and behind the link in "
            "your receipt.",
            "To my library",
            "library",
        ),
    ),
    AccessClosed: (
        403,
        Words(
            "This download is closed",
            "The purchase was refunded, or its payment is in dispute at the bank. If that is a mistake, answer the "
            "mail with your receipt, and we put it right.",
            "To my library",
            "library",
        ),
    ),
}


@exception_view_config(TooManyTries)
@exception_view_config(HashingBusy)
@exception_view_config(Busy)
@exception_view_config(LinkGone)
@exception_view_config(LinkExpired)
@exception_view_config(AccessClosed)
def refuse(error: Exception, request: ShopRequest) -> Response:
    status, words = REFUSALS[type(error)]
    log.info("%s %s: %s", request.method, request.matched_route.pattern, type(error).__name__)
    response = error_page(request, status, words)
    if isinstance(error, TooManyTries):
        response.retry_after = error.seconds
    elif status == 503:
        response.retry_after = 60
    return response
