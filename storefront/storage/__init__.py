"""Where the files of the shop lie: masters, what is made from them, covers.

One small interface, :class:`Storage`, over obstore (https://developmentseed.org/obstore/). A key is the SHA-256 of what
is under it, with a suffix for a cover's sizes, so an object is never changed, and our digest is its ETag.
"""

from storefront.storage.interface import BadKey, MissingFile, Storage
from storefront.storage.local import LocalStorage
from storefront.storage.memory import MemoryStorage
from storefront.storage.opening import make_storage
from storefront.storage.s3 import S3Account, S3Storage
from storefront.storage.seekable import SeekableReader, is_ready, read_some

__all__ = [
    "BadKey",
    "LocalStorage",
    "MemoryStorage",
    "MissingFile",
    "S3Account",
    "S3Storage",
    "SeekableReader",
    "Storage",
    "is_ready",
    "make_storage",
    "read_some",
]
