"""Errors as they may be shown: without keys, passwords and secret links."""

import re
from collections.abc import Iterable

MASK = "•••"
#: Shorter words are found everywhere, and keep no secret.
SHORTEST = 6
_SECRETS = re.compile(
    r"\b(?:sk|rk|whsec|tok)_\w{8,}"  # Stripe's keys and tokens
    r"|(?<=_secret_)\w{8,}"  # the end of a client_secret
    r"|(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"  # user and password in an address
    r"|(?<=/account/prove/)[\w-]+|(?<=/library/receipt/)[\w-]+"  # links that open accounts and purchases
)


def masked(text: str, secrets: Iterable[str]) -> str:
    """The text without `secrets` (the settings' own), and without what looks like one of somebody else's."""
    for secret in secrets:
        if len(secret) >= SHORTEST:
            text = text.replace(secret, MASK)
    return _SECRETS.sub(MASK, text)
