"""Addresses at which a browser gets one object of a bucket for a while, without a key of its own: SigV4 in the query.

obstore signs too, but cannot say which name and media type the answer shall have, and those are known only when
somebody asks: the same bytes may be sold under two names. So the query is signed here, as in
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class AccessKey:
    """Whose requests these are, and in which region they are made."""

    id: str
    secret: str = field(repr=False)
    region: str = "us-east-1"


def presign(url: str, answer: Mapping[str, str], key: AccessKey, now: datetime, seconds: int) -> str:
    """`url` (of an object, its path quoted) for GET, until `seconds` after `now` (aware UTC).

    `answer` has the headers that the answer shall have, as S3 calls them: "response-content-type" and so on.
    """
    parts = urlsplit(url)
    scope = f"{now:%Y%m%d}/{key.region}/s3/aws4_request"
    moment = f"{now:%Y%m%dT%H%M%SZ}"
    values = {
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{key.id}/{scope}",
        "X-Amz-Date": moment,
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": "host",
        **answer,
    }
    query = "&".join(sorted(f"{name}={quote(value, safe='')}" for name, value in values.items()))
    asked = "\n".join(["GET", parts.path, query, f"host:{parts.netloc}\n", "host", "UNSIGNED-PAYLOAD"])
    to_sign = "\n".join([ALGORITHM, moment, scope, hashlib.sha256(asked.encode()).hexdigest()])
    signature = hmac.new(_signing_key(key, scope), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{url}?{query}&X-Amz-Signature={signature}"


def _signing_key(key: AccessKey, scope: str) -> bytes:
    """The secret, narrowed to one day, region and service."""
    narrowed = f"AWS4{key.secret}".encode()
    for part in scope.split("/"):
        narrowed = hmac.digest(narrowed, part.encode(), "sha256")
    return narrowed
