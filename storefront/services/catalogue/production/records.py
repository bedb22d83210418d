"""What production reads and writes down, each in the caller's transaction."""

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from storefront.media.formats import Format
from storefront.models import Album, AlbumState, Edition, EditionState, File, FileKind, Track, end_reading, insert_once
from storefront.services.catalogue.production.made import MadeFile
from storefront.services.catalogue.search import index_album
from storefront.services.catalogue.version import bump_catalogue


def read_edition(session: Session, public_id: str) -> Edition | None:
    """The edition if there is something to make, complete with its album and tracks, so that threads may read it."""
    edition = session.scalar(
        select(Edition)
        .where(Edition.public_id == public_id, Edition.state == EditionState.BUILDING)
        .options(joinedload(Edition.album), selectinload(Edition.tracks))
        .execution_options(populate_existing=True)
    )
    end_reading(session)
    return edition


def made_so_far(session: Session, edition: Edition) -> set[tuple[int | None, FileKind, str]]:
    """The files that are there, each by its track's number (None for an archive), kind and format."""
    rows = session.execute(select(File.track_id, File.kind, File.format).where(File.edition_id == edition.id))
    return {(track_id, kind, format) for track_id, kind, format in rows}


def track_files(session: Session, edition: Edition, format: Format) -> dict[int, File]:
    """The edition's tracks in a format that is sold, by the track's number."""
    files = select(File).where(File.edition_id == edition.id, File.kind == FileKind.TRACK, File.format == format)
    return {file.track_id: file for file in session.scalars(files) if file.track_id is not None}


def record_file(session: Session, edition: Edition, made: MadeFile) -> None:
    """Writes a file down; one that another worker wrote down in the meantime is as good."""
    insert_once(
        session,
        File,
        edition_id=edition.id,
        track_id=made.track_id,
        kind=made.kind,
        format=made.format,
        digest=made.digest,
        size=made.size,
        name=made.name,
    )


def record_peaks(session: Session, track_id: int, outline: str) -> None:
    session.execute(update(Track).where(Track.id == track_id).values(peaks=outline))


def make_ready(session: Session, edition: Edition) -> None:
    """The edition is complete: its album sells it, unless a newer one was ready first."""
    complete = update(Edition).where(Edition.id == edition.id, Edition.state == EditionState.BUILDING)
    if session.scalar(complete.values(state=EditionState.READY).returning(Edition.id)) is None:
        return  # another worker was first, or an import deleted it for a newer one
    older = select(Edition.id).where(Edition.album_id == edition.album_id, Edition.number < edition.number)
    session.execute(
        update(Album)
        .where(Album.id == edition.album_id, or_(Album.edition_id.is_(None), Album.edition_id.in_(older)))
        .values(edition_id=edition.id)
        .execution_options(synchronize_session="fetch")
    )
    if session.scalar(select(Album.state).where(Album.id == edition.album_id)) == AlbumState.PUBLISHED:
        index_album(session, edition.album_id)
        bump_catalogue(session)
