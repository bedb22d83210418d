"""The catalogue's version: one number that grows with whatever changes what the public pages show."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storefront.models import CatalogueVersion


def catalogue_version(session: Session) -> int:
    """Today's. Read it before what is shown, so that a page is never named newer than it is."""
    return session.scalars(select(CatalogueVersion.version)).one()


def bump_catalogue(session: Session) -> None:
    """Counts up, in the caller's transaction: call it with every change of a public album, artist or edition."""
    session.execute(update(CatalogueVersion).values(version=CatalogueVersion.version + 1))
