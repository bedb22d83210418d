"""Every error is a page in the shop's look: what happened, a way on, and the request's id; each is logged once."""

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pyramid.csrf import BadCSRFToken
from pyramid.exceptions import PredicateMismatch
from pyramid.httpexceptions import HTTPError, HTTPForbidden, HTTPMethodNotAllowed, HTTPNotFound
from pyramid.renderers import render_to_response
from pyramid.response import Response
from pyramid.view import exception_view_config, notfound_view_config
from sqlalchemy.exc import OperationalError, TimeoutError

from storefront.services.store import errors as store
from storefront.storage import MissingFile
from storefront.web.request import ShopRequest

log = logging.getLogger(__name__)

#: What an HTTP error says beside its page: what is allowed, how long the file is, when to come again.
KEPT_HEADERS = ("Allow", "Content-Range", "Retry-After")
#: These may come with a sentence of their own, from where they are raised.
SPEAKING = (400, 409, 410, 413, 429, 503)
#: Seconds until a shop that is busy is worth another try.
LATER = "30"


@dataclass(frozen=True, slots=True)
class Words:
    """A page's title and sentence, and where its button leads: a label and a route without parameters."""

    title: str
    sentence: str
    label: str = "To the shop"
    route: str = "home"


UNEXPECTED = Words(
    "Something broke on our side",
    "It has been written down, and will be looked at. If you were paying, trying again is safe: "
    "the same album is never charged twice.",
)
PAGES = {
    400: Words("That did not arrive as it should", "Go back, load the page again, and send it once more."),
    403: Words(
        "This page is not open to you",
        "It belongs to another account. In your library you can sign out, and in again with that one.",
        "To my library",
        "library",
    ),
    404: Words(
        "There is nothing here",
        "The address may have a typing mistake, or what was here has moved. The music is all on one shelf.",
        "See all albums",
        "albums",
    ),
    405: Words("This address does not take that", "It can be looked at, but not be sent what you sent."),
    409: Words("Something changed in the meantime", "Load the page again to see how things are now."),
    410: Words(
        "This album has left the shop",
        "It is not sold any more. If you bought it, it still is in your library.",
        "To my library",
        "library",
    ),
    413: Words("That is too large", "This page takes no more than a filled-in form."),
    415: Words("This page takes only its own form", "Open it in a browser, and send the form that is there."),
    416: Words("The file ends before that", "Start the download again, from its beginning."),
    422: Words("Something in the form is not right", "Go back, look at what you filled in, and send it again."),
    429: Words("That was a little too often", "Wait a few minutes, then try again."),
    503: Words(
        "The shop is busy",
        "Try again in half a minute. If you were paying, that is safe: the same album is never charged twice.",
    ),
}
EXPIRED = Words(
    "This form is too old",
    "Nothing was sent, and nothing was charged. Go back, load the page again, and send the form once more.",
)
FILE_MISSING = Words(
    "This file is missing on our side",
    "It is yours, and it will be put back: this has been written down. Please try again later.",
    "To my library",
    "library",
)
NOT_AT_THE_DESK = Words("There is nothing here", "The address may have a typing mistake, or what was here is gone.")
FOR_THE_OWNER = Words(
    "This page is for the shop's owner",
    "Staff look at the desk and answer customers; the owner decides about money, the music and the shop.",
    "To the purchases",
    "admin_purchases",
)
#: For those that a page of the store does not answer itself.
STORE = {
    store.AlbumNotForSale: (410, Words("This album is not for sale now", "Nothing was charged.", "See all albums",
                                       "albums")),
    store.PriceChanged: (409, Words("The price has changed", "Nothing was charged. Open the album again to see what "
                                    "it costs now.", "See all albums", "albums")),
    store.AmountTooLow: (422, Words("That is less than the album costs", "Nothing was charged. Go back and name a "
                                    "higher amount.")),
    store.AccessWithdrawn: (409, Words("This purchase is closed", "You bought this album before, and its payment was "
                                       "taken back. Nothing was charged now. Answer the mail with your receipt, and "
                                       "we look at it together.", "Help", "help")),
    store.TokenNotOurs: (409, Words("This form was sent before", "Nothing was charged now. Open the album again and "
                                    "enter the card once more.", "See all albums", "albums")),
    store.CardNotTaken: (422, Words("The card could not be read", "Nothing was charged. Go back and enter it again.")),
    store.CheckoutUnavailable: (503, Words("Paying is not possible just now", "Nothing was charged, and it is not "
                                           "your card. Please try again in a few minutes.")),
    store.TooManyDeclines: (429, Words("Too many cards were declined", "Nothing was charged. Please wait a few "
                                       "minutes, and then try again.")),
    store.CheckoutClosed: (503, Words("Back in a moment", "The shop sells nothing just now. Nothing was charged. "
                                      "Please try again in a few minutes.")),
}  # fmt: skip


def error_page(request: ShopRequest, status: int, words: Words) -> Response:
    """The page for a status; it asks nothing of the database, which may be what failed."""
    values = {
        "title": words.title,
        "sentence": words.sentence,
        "way_on": _way_on(request, words),
        "request_id": request.id,
        "shop": request.wiring.shop.known,
    }
    response = render_to_response("errors/error.jinja2", values, request=request, response=Response())
    response.status_code = status
    return response


def _at_the_desk(request: ShopRequest) -> bool:
    return f"{request.environ.get('PATH_INFO', '')}/".startswith("/admin/")


def _way_on(request: ShopRequest, words: Words) -> tuple[str, str]:
    """Whoever sits at the desk does not want to go shopping."""
    if _at_the_desk(request) and words.route in ("home", "albums"):
        return "To the desk", request.route_path("admin")
    return words.label, request.route_path(words.route)


def _place(request: ShopRequest) -> str:
    """Where it happened, for the log: the route's pattern, since the address itself may hold a receipt's secret."""
    route = getattr(request, "matched_route", None)
    return route.pattern if route else "no route"


def _note(request: ShopRequest, status: int) -> None:
    log.info("%s %s: %d %s", request.method, _place(request), status, HTTPStatus(status).phrase)


@exception_view_config(HTTPError)
def http_error(error: HTTPError, request: ShopRequest) -> Response:
    """What a view, a context or a tween raised by name."""
    words = PAGES.get(error.code, UNEXPECTED)
    if error.code == 404 and _at_the_desk(request):
        words = NOT_AT_THE_DESK
    if error.code in SPEAKING and error.detail:
        words = Words(words.title, str(error.detail), words.label, words.route)
    _note(request, error.code)
    response = error_page(request, error.code, words)
    response.headers.update({name: error.headers[name] for name in KEPT_HEADERS if name in error.headers})
    if error.code == 503:
        response.headers.setdefault("Retry-After", LATER)
    return response


@exception_view_config(HTTPForbidden)
def forbidden(error: HTTPForbidden, request: ShopRequest) -> Response:
    """A permission is asked for at the desk alone, of somebody who is signed in there; else it is another's page."""
    if error.result is None:
        return http_error(error, request)
    _note(request, 403)
    return error_page(request, 403, FOR_THE_OWNER)


@notfound_view_config()
def not_found(error: HTTPNotFound, request: ShopRequest) -> Response:
    """No such page; or it is there, but not for this method (RFC 9110 §15.5.6 wants to hear which are)."""
    route = getattr(request, "matched_route", None)
    if isinstance(error, PredicateMismatch) and route and (methods := methods_of(request.registry, route.name)):
        return http_error(HTTPMethodNotAllowed(headers=[("Allow", ", ".join(methods))]), request)
    return http_error(error, request)


def methods_of(registry: Any, route: str) -> list[str]:
    """The request methods that the views of a route take."""
    found: set[str] = set()
    for entry in registry.introspector.get_category("views"):
        view = entry["introspectable"]
        if view["route_name"] == route and view["request_methods"]:
            methods = view["request_methods"]
            found.update([methods] if isinstance(methods, str) else methods)
    return sorted(found | {"HEAD"} if "GET" in found else found)


@exception_view_config(BadCSRFToken)
def forged(error: BadCSRFToken, request: ShopRequest) -> Response:
    """Sent from another site, or from a page that was open since before a sign-in or out."""
    log.warning("%s %s: no valid CSRF token", request.method, _place(request))
    return error_page(request, 403, EXPIRED)


@exception_view_config(MissingFile)
def file_missing(error: MissingFile, request: ShopRequest) -> Response:
    """The database names a file that the storage does not have."""
    log.error("%s %s: a file is missing in the storage", request.method, _place(request), exc_info=error)
    return error_page(request, 500, FILE_MISSING)


@exception_view_config(OperationalError)
@exception_view_config(TimeoutError)
def database_busy(error: Exception, request: ShopRequest) -> Response:
    """The database is locked, full, away, or out of connections."""
    log.error("%s %s: the database did not answer", request.method, _place(request), exc_info=error)
    response = error_page(request, 503, PAGES[503])
    response.headers["Retry-After"] = LATER
    return response


@exception_view_config(store.StoreError)
def store_error(error: store.StoreError, request: ShopRequest) -> Response:
    """A purchase that cannot go on; nothing was charged."""
    status, words = STORE[type(error)]
    _note(request, status)
    response = error_page(request, status, words)
    if status == 503:
        response.headers["Retry-After"] = LATER
    return response


@exception_view_config(Exception)
def unexpected(error: Exception, request: ShopRequest) -> Response:
    """A fault of ours."""
    log.error("%s %s: unexpected", request.method, _place(request), exc_info=error)
    return error_page(request, 500, UNEXPECTED)
