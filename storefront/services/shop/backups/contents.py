"""Which files of the storage a database's rows name, of any schema that there ever was."""

import re
from collections.abc import Iterator

from sqlalchemy import Connection, inspect, select

from storefront.media.pictures import WIDTHS
from storefront.models import Album, File, ShopSettings, Track

#: A cover is served in these kinds, beside the picture as it came.
COVER_KINDS = ("webp", "jpg")

_DIGEST = re.compile("[0-9a-f]{64}")


def needed_keys(connection: Connection) -> list[str]:
    """The keys of every master, every file of every edition, every cover in all its sizes, and the logo; sorted."""
    keys = set(connection.scalars(select(File.digest)))
    keys.update(connection.scalars(select(Track.master_digest)))
    for cover in connection.scalars(select(Album.cover_digest).distinct()):
        keys.update(cover_keys(cover) if cover else ())
    if inspect(connection).has_table(ShopSettings.__tablename__):
        keys.update(filter(None, connection.scalars(select(ShopSettings.logo_digest))))
    return sorted(keys)


def cover_keys(digest: str) -> Iterator[str]:
    """The picture as it came, and its renditions."""
    yield digest
    for width in WIDTHS:
        for kind in COVER_KINDS:
            yield f"{digest}-{width}.{kind}"


def digest_in(key: str) -> str | None:
    """The SHA-256 that what lies under `key` must have; None for a cover's rendition, which is named by its cover."""
    return key if _DIGEST.fullmatch(key) else None
