"""What carries requests to Stripe: one pool of connections, and an end to answers that only trickle in.

A read time-out counts from one packet to the next, so by itself it never ends an answer that comes a few bytes at a
time: https://requests.readthedocs.io/en/latest/user/advanced/#timeouts
"""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

import requests
import stripe
from requests.adapters import HTTPAdapter
from urllib3 import exceptions

#: (connect, read) in seconds.
Timeouts = tuple[float, float]
#: The timeouts of a client -> what carries its requests.
Transport = Callable[[Timeouts], stripe.HTTPClient]

_PIECE = 64 * 1024


def pooled() -> Transport:
    """One pool for all: what is sent once then goes over the connection that has just been used, not a stale one."""
    session = requests.Session()
    session.max_redirects = 0  # Stripe redirects nobody
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=32))
    return lambda timeouts: _Client(timeouts, session)


class _Client(stripe.RequestsClient):
    """Stripe's own, but that an answer has to be there as a whole in the time that its beginning has."""

    def __init__(self, timeouts: Timeouts, session: requests.Session) -> None:
        super().__init__(timeout=timeouts, session=session)
        self._seconds = sum(timeouts)

    def request(
        self, method: str, url: str, headers: Any, post_data: Any = None, *, _usage: Any = None
    ) -> tuple[Any, int, Mapping[str, str]]:
        ends = monotonic() + self._seconds
        answer, status, given = self.request_stream(method, url, headers, post_data)
        return _read(answer, ends), status, given


def _read(answer: Any, ends: float) -> bytes:
    """The whole body of urllib3's `answer`. Raises APIConnectionError: it was cut short, or is not here in time."""
    parts: list[bytes] = []
    try:
        while part := answer.read1(_PIECE, decode_content=True):
            parts.append(part)
            if monotonic() > ends:
                raise exceptions.TimeoutError("it only trickles in")
    except (exceptions.HTTPError, OSError) as error:
        answer.close()
        message, late = f"half an answer: {error!r}", isinstance(error, exceptions.TimeoutError)
        raise stripe.APIConnectionError(message, should_retry=late) from error  # type: ignore[no-untyped-call]
    answer.release_conn()
    return b"".join(parts)
