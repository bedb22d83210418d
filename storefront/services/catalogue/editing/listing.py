"""An album as the desk shows it: in what state it is, what it still lacks, and how far its files are."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import Album, AlbumState
from storefront.money import NO_CURRENCY, Money
from storefront.services.catalogue.editing.drafts import newest_music
from storefront.services.catalogue.production import Progress, how_far
from storefront.services.catalogue.publishing import what_is_missing


class Standing(StrEnum):
    """Where an album is, in a word."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    ON_SALE = "on sale"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class AlbumLine:
    """An album, with where it stands."""

    album: Album
    standing: Standing
    #: Sentences; of what is published, none.
    missing: list[str]
    #: How far the files of its latest edition are, while some are missing.
    making: Progress | None


def line_of(session: Session, album: Album, today: date, making: Progress | None) -> AlbumLine:
    missing = [] if album.state == AlbumState.PUBLISHED else what_is_missing(session, album)
    return AlbumLine(album, standing_of(album, today), missing, making)


def standing_of(album: Album, today: date) -> Standing:
    if album.state == AlbumState.PUBLISHED:
        return Standing.ON_SALE if album.release_day <= today else Standing.SCHEDULED
    return Standing.DRAFT if album.state == AlbumState.DRAFT else Standing.WITHDRAWN


def making_of(session: Session, album: Album) -> Progress | None:
    """How far the files of its latest edition are; None when all are made, or there is no music."""
    edition = newest_music(session, album)
    progress = how_far(session, edition) if edition else None
    return None if progress is None or progress.complete else progress


def price_of_newest(session: Session) -> Money | None:
    """What the album that was made last costs: the likeliest price of the next."""
    priced = select(Album.amount, Album.currency).where(Album.currency != NO_CURRENCY)
    row = session.execute(priced.order_by(Album.id.desc()).limit(1)).first()
    return Money(row.amount, row.currency) if row else None
