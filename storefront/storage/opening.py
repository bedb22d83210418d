"""From the setting to the storage."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from storefront.storage.interface import Storage
from storefront.storage.local import LocalStorage
from storefront.storage.memory import MemoryStorage


def make_storage(url: str) -> Storage:
    """Makes the storage of a folder ("var/files", "file:///srv/files") or of this process ("memory://").

    Raises OSError if the folder cannot be made, ValueError for any other kind of address.
    """
    parts = urlsplit(url)
    if "://" not in url:
        return LocalStorage(Path(url))
    if parts.scheme == "file":
        return LocalStorage(Path(unquote(parts.path)))
    if parts.scheme == "memory":
        return MemoryStorage()
    raise ValueError(f"storage.url: there is no storage of the kind {parts.scheme}:// yet; write a folder")
