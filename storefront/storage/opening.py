"""From the setting to the storage."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from storefront.storage.interface import Storage
from storefront.storage.local import LocalStorage
from storefront.storage.memory import MemoryStorage
from storefront.storage.s3 import S3Account, S3Storage


def make_storage(url: str, account: S3Account | None = None) -> Storage:
    """Makes the storage of a folder ("var/files", "file:///srv/files"), a bucket, or of this process ("memory://").

    A bucket ("s3://bucket/prefix") is reached with `account`, and not before it is used.

    Raises OSError if the folder cannot be made, ValueError for any other kind of address.
    """
    parts = urlsplit(url)
    if "://" not in url:
        return LocalStorage(Path(url))
    if parts.scheme == "file":
        return LocalStorage(Path(unquote(parts.path)))
    if parts.scheme == "memory":
        return MemoryStorage()
    if parts.scheme == "s3" and account is not None:
        return S3Storage(parts.netloc, parts.path.strip("/"), account)
    raise ValueError(f"there is no storage of the kind {parts.scheme}://")
