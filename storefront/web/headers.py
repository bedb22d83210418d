"""Security headers on every answer, errors and static files included: one tween.

https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html and, for the pages that load Stripe.js,
https://docs.stripe.com/security/guide#content-security-policy
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.response import Response
from pyramid.tweens import INGRESS

from storefront.settings import STRIPE_JS
from storefront.web.request import ShopRequest

_OWN = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "media-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
_STRIPE = {
    "script-src": "https://js.stripe.com https://*.js.stripe.com",
    "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
    "connect-src": "https://api.stripe.com",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: Wallets open a window of their own.
COOP_WITH_STRIPE = "same-origin-allow-popups"
HSTS = "max-age=63072000; includeSubDomains"


def _policy(*parts: dict[str, str]) -> str:
    names = dict.fromkeys(name for part in parts for name in part)
    return "; ".join(f"{name} {' '.join(part[name] for part in parts if name in part)}" for name in names)


def _stripe_sources(js_url: str) -> dict[str, str]:
    """Stripe's own, or those of the sandbox in its place."""
    if js_url == STRIPE_JS:
        return _STRIPE
    parts = urlsplit(js_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return {"script-src": origin, "frame-src": origin, "connect-src": origin}


def _with_files(origin: str | None) -> dict[str, str]:
    """Covers and streams come from a bucket too, where the shop's files lie in one."""
    return {**_OWN, **{name: f"{_OWN[name]} {origin}" for name in ("img-src", "media-src") if origin}}


def headers_tween(handler: Callable[[ShopRequest], Response], registry: Registry) -> Callable[[ShopRequest], Response]:
    settings = registry.wiring.settings
    own = _with_files(registry.wiring.storage.origin)
    strict = _policy(own)
    with_stripe = _policy(own, _stripe_sources(settings.stripe_js_url))
    always = {**ALWAYS, "Strict-Transport-Security": HSTS} if settings.secure else ALWAYS

    def tween(request: ShopRequest) -> Response:
        response = handler(request)
        headers = response.headers
        for name, value in always.items():
            headers.setdefault(name, value)
        if request.loads_stripe:
            headers["Content-Security-Policy"] = with_stripe
            headers["Cross-Origin-Opener-Policy"] = COOP_WITH_STRIPE
        else:
            headers.setdefault("Content-Security-Policy", strict)
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Request-Id"] = request.id
        return response

    return tween


def includeme(config: Configurator) -> None:
    config.add_tween("storefront.web.headers.headers_tween", under=INGRESS)
