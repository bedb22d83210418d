"""A download's address that works without a cookie, for a day: in a download manager, or on another device.

HMAC-SHA256 over the version of this scheme, the purchase, the file's name and the end of its time.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

GOOD_FOR = timedelta(hours=24)
_KEY = re.compile(r"([1-9][0-9]{9})\.([0-9a-f]{64})", re.ASCII)


class LinkExpired(Exception):
    """It was good once; a fresh one is in the library."""


def sign(secret_key: str, public_id: str, name: str, now: datetime) -> str:
    """The key for the address of the file `name` of a purchase: "<end, Unix time>.<MAC>"."""
    end = str(int((now + GOOD_FOR).timestamp()))
    return f"{end}.{_mac(secret_key, public_id, name, end)}"


def is_signed(secret_key: str, public_id: str, name: str, key: str, now: datetime) -> bool:
    """Whether `key` opens this file; raises LinkExpired for one that did."""
    match = _KEY.fullmatch(key)
    if match is None or not hmac.compare_digest(match[2], _mac(secret_key, public_id, name, match[1])):
        return False
    if datetime.fromtimestamp(int(match[1]), UTC) <= now:
        raise LinkExpired
    return True


def _mac(secret_key: str, public_id: str, name: str, end: str) -> str:
    message = "\n".join(["1", public_id, name, end])
    return hmac.new(f"download:{secret_key}".encode(), message.encode(), hashlib.sha256).hexdigest()
