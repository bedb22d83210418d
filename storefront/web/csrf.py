"""Cross-site request forgery: each form carries a token made from its browser's own cookie; other origins are refused.

The token is an HMAC over the session's token, or an anonymous visitor's, so it changes with every sign-in and out and
needs no storage. On by default for every unsafe method; only the webhook opts out, by name.
https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

from pyramid.config import Configurator
from pyramid.interfaces import ICSRFStoragePolicy
from zope.interface import implementer

from storefront.web.cookies import SESSION, VISITOR, new_token, read_cookie, set_cookie
from storefront.web.request import ShopRequest

#: For what scripts send that is no form; no form of another site can set a header.
HEADER = "X-CSRF-Token"


@implementer(ICSRFStoragePolicy)
class DerivedCsrfPolicy:
    """Pyramid's interface for where CSRF tokens come from."""

    def __init__(self, secret_key: str) -> None:
        self._key = f"csrf:{secret_key}".encode()

    def _derive(self, token: str) -> str:
        return hmac.new(self._key, token.encode(), hashlib.sha256).hexdigest()

    def get_csrf_token(self, request: ShopRequest) -> str:
        """For a form on a private page; gives an anonymous visitor a cookie when there is none yet."""
        token = read_cookie(request, SESSION) or read_cookie(request, VISITOR)
        if token is None:
            token = request.environ.get("storefront.visitor") or self._introduce(request)
        return self._derive(token)

    def new_csrf_token(self, request: ShopRequest) -> str:
        return self._derive(self._introduce(request))

    def _introduce(self, request: ShopRequest) -> str:
        token = request.environ["storefront.visitor"] = new_token()
        request.add_response_callback(lambda _, response: set_cookie(request, response, VISITOR, token))
        return token

    def check_csrf_token(self, request: ShopRequest, supplied: Any) -> bool:
        """Whether an unsafe request comes from a form of this shop in this very browser."""
        token = read_cookie(request, SESSION) or read_cookie(request, VISITOR)
        if token is None or not isinstance(supplied, str) or not _from_here(request):
            return False
        return hmac.compare_digest(self._derive(token).encode(), supplied.encode("utf-8", "replace"))


def _from_here(request: ShopRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    # A page with a secret in its address says no-referrer, and then browsers hide the origin as well:
    # https://fetch.spec.whatwg.org/#append-a-request-origin-header
    if origin is None or (origin == "null" and site == "same-origin"):
        return True
    netloc = origin.partition("://")[2]
    return netloc in (request.host, urlsplit(request.wiring.settings.base_url).netloc)


def includeme(config: Configurator) -> None:
    config.set_csrf_storage_policy(DerivedCsrfPolicy(config.registry.wiring.settings.secret_key))
    config.set_default_csrf_options(require_csrf=True, token="csrf_token", header=HEADER, check_origin=False)
