"""A bucket of Amazon's S3, or of one of the many that speak as it does: MinIO, R2, Hetzner, Backblaze, Garage."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote, urlsplit

import obstore
from obstore.store import S3Store

from storefront.storage.interface import checked
from storefront.storage.objects import ObjectStorage, telling
from storefront.storage.remote_file import RemoteFile
from storefront.storage.signing import AccessKey, presign

CONNECT_TIMEOUT = timedelta(seconds=5)
#: Of one request: a master of 2 GB is one, where a tool wants it on disk.
TIMEOUT = timedelta(minutes=10)
RETRIES = 4


@dataclass(frozen=True, slots=True)
class S3Account:
    """Where S3 is, and with which key; without `endpoint` it is Amazon's own of the region."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str = "us-east-1"
    endpoint: str = ""

    def bucket_url(self, bucket: str) -> str:
        """Amazon's buckets have hosts of their own, but for names with a dot, which its certificates do not cover."""
        if self.endpoint:
            return f"{self.endpoint}/{bucket}"
        if "." in bucket:
            return f"https://s3.{self.region}.amazonaws.com/{bucket}"
        return f"https://{bucket}.s3.{self.region}.amazonaws.com"


class S3Storage(ObjectStorage):
    """One object for each key, below `prefix` where there is one. Large files travel in parts, and appear whole."""

    def __init__(self, bucket: str, prefix: str, account: S3Account) -> None:
        url = account.bucket_url(bucket)
        parts = urlsplit(url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._url = f"{url}/{quote(prefix)}/" if prefix else f"{url}/"
        self._key = AccessKey(account.access_key_id, account.secret_access_key, account.region)
        super().__init__(
            S3Store(
                bucket,
                prefix=prefix or None,
                endpoint=url,
                virtual_hosted_style_request=True,  # so that the address above is the whole of it
                region=account.region,
                access_key_id=account.access_key_id,
                secret_access_key=account.secret_access_key,
                disable_bulk_delete=True,  # not every S3 has it
                client_options={
                    "allow_http": account.endpoint.startswith("http://"),
                    "connect_timeout": CONNECT_TIMEOUT,
                    "timeout": TIMEOUT,
                },
                retry_config={"max_retries": RETRIES, "retry_timeout": TIMEOUT},
            )
        )

    def open(self, key: str) -> BinaryIO:
        size = self.size(key)

        def read_range(start: int, end: int) -> bytes:
            with telling(key):
                return bytes(obstore.get_range(self._store, key, start=start, end=end))

        return cast(BinaryIO, RemoteFile(size, read_range))

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        """A copy in the temporary folder."""
        with tempfile.TemporaryDirectory(prefix="storefront-") as folder:
            path = Path(folder, checked(key))
            with telling(key), path.open("wb") as file:
                for part in obstore.get(self._store, key).stream():
                    file.write(part)
            yield path

    def link(self, key: str, *, media_type: str, disposition: str | None, seconds: int) -> str | None:
        answer = {"response-content-type": media_type}
        if disposition is not None:
            answer["response-content-disposition"] = disposition
        return presign(self._url + checked(key), answer, self._key, datetime.now(UTC), seconds)
