"""The albums as the desk lists them: in what state each is, what it still lacks, and how far its files are."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from storefront.models import Album, AlbumArtist, AlbumState, Edition, EditionState, Upload, UploadState
from storefront.money import NO_CURRENCY, Money
from storefront.services.catalogue.editing.drafts import newest_music
from storefront.services.catalogue.production import Progress, how_far
from storefront.services.catalogue.publishing import what_is_missing
from storefront.services.catalogue.uploading.progress import failure_of

PAGE = 50


class Standing(StrEnum):
    """Where an album is, in a word."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    ON_SALE = "on sale"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class AlbumLine:
    """An album of the list."""

    album: Album
    standing: Standing
    #: Sentences; of what is published, none.
    missing: list[str]
    #: How far the files of its latest edition are, while some are missing.
    making: Progress | None


@dataclass(frozen=True, slots=True)
class AlbumLines:
    """A page of the list; `older` names its last album when there are more."""

    lines: list[AlbumLine]
    older: str | None
    #: Uploads that wait for their owner, newest first, each with the last words of its job if that was given up.
    uploads: list[tuple[Upload, str | None]]


def list_albums(session: Session, today: date, before: str | None = None) -> AlbumLines:
    """The albums, the last made first; `before` is the public id of the last line of the page before."""
    query = (
        select(Album)
        .order_by(Album.id.desc())
        .limit(PAGE + 1)
        .options(joinedload(Album.edition), selectinload(Album.artists).joinedload(AlbumArtist.artist))
    )
    if before and (edge := session.scalar(select(Album.id).where(Album.public_id == before))):
        query = query.where(Album.id < edge)
    albums = list(session.scalars(query))
    making = _in_the_making(session, albums)
    lines = [line_of(session, album, today, making.get(album.id)) for album in albums[:PAGE]]
    return AlbumLines(lines, lines[-1].album.public_id if len(albums) > PAGE else None, _open_uploads(session))


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


def _in_the_making(session: Session, albums: list[Album]) -> dict[int, Progress]:
    """By the albums' numbers, of editions that are not ready."""
    editions = (
        select(Edition)
        .where(Edition.album_id.in_([album.id for album in albums]), Edition.state == EditionState.BUILDING)
        .options(selectinload(Edition.tracks), joinedload(Edition.album))
        .execution_options(populate_existing=True)
    )
    return {edition.album_id: how_far(session, edition) for edition in session.scalars(editions).all()}


def _open_uploads(session: Session) -> list[tuple[Upload, str | None]]:
    query = (
        select(Upload)
        .where(Upload.state != UploadState.DONE, Upload.files.any())
        .order_by(Upload.id.desc())
        .limit(PAGE)
        .options(selectinload(Upload.files), joinedload(Upload.album))
    )
    uploads = session.scalars(query).all()
    reading = UploadState.READING
    return [(upload, failure_of(session, upload) if upload.state == reading else None) for upload in uploads]
