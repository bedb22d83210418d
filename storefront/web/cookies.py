"""The shop's cookies, all of them: HttpOnly, SameSite=Lax, and over https Secure with the __Host- prefix.

https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-the-__host-prefix
"""

import re
import secrets
from typing import TYPE_CHECKING

from pyramid.response import Response

if TYPE_CHECKING:
    from storefront.web.request import ShopRequest

#: A session's token, while somebody is signed in.
SESSION = "session"
#: A browser's token that its purchases are tied to; as long as browsers keep a cookie (400 days).
BUYER = "buyer"
#: An anonymous visitor's, which its CSRF token is made of.
VISITOR = "visitor"
#: A browser's in which somebody signed in before; see storefront.services.accounts.devices.
DEVICE = "device"

LONGEST = 400 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def new_token() -> str:
    """256 random bits, in the form that all of the shop's tokens have."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    return bool(_TOKEN.fullmatch(text))


def _name(request: "ShopRequest", name: str) -> str:
    return f"__Host-{name}" if request.wiring.settings.secure else name


def read_cookie(request: "ShopRequest", name: str) -> str | None:
    """The cookie's token; None when it is missing or was never one of ours."""
    try:
        value = request.cookies.get(_name(request, name))
    except UnicodeDecodeError:  # somebody planted one that is no text: none of them can be read
        return None
    return value if value and is_token(value) else None


def set_cookie(request: "ShopRequest", response: Response, name: str, token: str, max_age: int | None = None) -> None:
    """`max_age` in seconds; None ends with the browser's session."""
    response.set_cookie(
        _name(request, name),
        token,
        max_age=max_age,
        path="/",
        secure=request.wiring.settings.secure,
        httponly=True,
        samesite="Lax",
    )


def delete_cookie(request: "ShopRequest", response: Response, name: str) -> None:
    response.set_cookie(
        _name(request, name),
        "",
        max_age=0,
        path="/",
        secure=request.wiring.settings.secure,
        httponly=True,
        samesite="Lax",
    )
