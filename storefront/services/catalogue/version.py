"""The catalogue as a whole: a number that grows with whatever changes what the public pages show, and its size.

Read with it, in the one statement of every public page: the number of what the owner has set at the desk.
"""

from typing import NamedTuple

from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import Session

from storefront.models import Album, AlbumState, CatalogueVersion, ShopSettings

_READ = select(CatalogueVersion.version, CatalogueVersion.albums, ShopSettings.version).join_from(
    CatalogueVersion, ShopSettings, CatalogueVersion.id == ShopSettings.id
)


class Catalogue(NamedTuple):
    """`version` names what the pages are made of, `albums` is how many are public, `settings` is of ShopSettings."""

    version: int
    albums: int
    settings: int


def read_catalogue(connection: Connection) -> Catalogue:
    """Today's. Read it before what is shown, so that a page is never named newer than it is."""
    return Catalogue(*connection.execute(_READ).one())


def bump_catalogue(session: Session) -> None:
    """Counts up, in the caller's transaction: call it with every change of a public album, artist or edition."""
    session.flush()  # the caller's change is counted below
    public = select(func.count()).select_from(Album).where(Album.state == AlbumState.PUBLISHED).scalar_subquery()
    session.execute(update(CatalogueVersion).values(version=CatalogueVersion.version + 1, albums=public))


def take_catalogue(session: Session) -> None:
    """First in a step that writes albums and counts up: on PostgreSQL two such steps take their locks in one order."""
    session.execute(select(CatalogueVersion.id).with_for_update())
