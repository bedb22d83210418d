"""A browser in which somebody signed in before: others' guesses do not lock it out, and it needs no warning mail.

Its cookie is 128 random bits and a MAC of them for one account, so that nothing need be stored.
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from storefront.models import Account


def make_device(secret_key: str, account: Account) -> str:
    """A token for a browser in which `account` has just signed in; 43 characters like every token of the shop."""
    name = secrets.token_bytes(16)
    return urlsafe_b64encode(name + _mac(secret_key, account, name)).rstrip(b"=").decode()


def knows_device(secret_key: str, account: Account | None, token: str | None) -> bool:
    """Whether the token was made for this account."""
    if account is None or token is None:
        return False
    raw = urlsafe_b64decode(token + "=")
    return hmac.compare_digest(raw[16:], _mac(secret_key, account, raw[:16]))


def _mac(secret_key: str, account: Account, name: bytes) -> bytes:
    message = name + account.public_id.encode()
    return hmac.new(f"device:{secret_key}".encode(), message, hashlib.sha256).digest()[:16]
