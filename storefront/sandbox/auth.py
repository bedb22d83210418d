"""API keys: Bearer or Basic, https://docs.stripe.com/api/authentication."""

import base64
import binascii

from .errors import StripeError
from .settings import Settings

SECRET_PREFIX, PUBLISHABLE_PREFIX = "sk_test_sandbox_", "pk_test_sandbox_"


def is_public(authorization: str | None, settings: Settings, *, public_endpoint: bool) -> bool:
    """Whether the caller has the publishable key only; raises StripeError (401) on any key that may not call this."""
    key = _key(authorization or "")
    if not key:
        raise _unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, "
            "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See "
            "https://stripe.com/docs/api#authentication for details."
        )
    if key == settings.secret_key or key.startswith(SECRET_PREFIX):
        return False
    if key != settings.publishable_key and not key.startswith(PUBLISHABLE_PREFIX):
        raise _unauthorized(f"Invalid API Key provided: {key[:8]}{'*' * max(4, len(key) - 12)}{key[-4:]}")
    if not public_endpoint:
        raise _unauthorized(
            "This API call cannot be made with a publishable API key. Please use a secret API key. You can "
            "find a list of your API keys at https://dashboard.stripe.com/account/apikeys.",
            code="secret_key_required",
        )
    return True


def _key(authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(credentials).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _unauthorized(message: str, code: str | None = None) -> StripeError:
    return StripeError(401, "invalid_request_error", message, code=code)
