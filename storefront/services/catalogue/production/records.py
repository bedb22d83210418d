"""What production reads and writes down, each in the caller's transaction."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from storefront.media.formats import Format
from storefront.models import Album, AlbumState, Edition, EditionState, File, FileKind, Track, end_reading, insert_once
from storefront.services.catalogue.production.made import MadeFile
from storefront.services.catalogue.production.measuring import MeasuredTrack, is_measured, whole_loudness
from storefront.services.catalogue.search import index_album
from storefront.services.catalogue.version import bump_catalogue, take_catalogue

FileKey = tuple[int | None, FileKind, str]


def read_edition(session: Session, public_id: str) -> Edition | None:
    """The edition, complete with its album and tracks, so that threads may read it; None when it was deleted."""
    edition = session.scalar(
        select(Edition)
        .where(Edition.public_id == public_id)
        .options(joinedload(Edition.album), selectinload(Edition.tracks))
        .execution_options(populate_existing=True)
    )
    end_reading(session)
    return edition


def made_so_far(session: Session, edition: Edition) -> set[FileKey]:
    """The files that are there, each by its track's number (None for an archive), kind and format."""
    rows = session.execute(select(File.track_id, File.kind, File.format).where(File.edition_id == edition.id))
    return {(track_id, kind, format) for track_id, kind, format in rows}


def track_files(session: Session, edition: Edition, format: Format) -> dict[int, File]:
    """The edition's tracks in a format that is sold, by the track's number."""
    files = select(File).where(File.edition_id == edition.id, File.kind == FileKind.TRACK, File.format == format)
    return {file.track_id: file for file in session.scalars(files) if file.track_id is not None}


def earlier_files(session: Session, edition: Edition) -> dict[FileKey, File]:
    """What was made of the same masters before, by the keys that it would have in this edition.

    Cut where this edition's previews are cut; whatever tags are in it.
    """
    before = aliased(Track)
    same_cut = Track.preview_seconds == before.preview_seconds
    rows = session.execute(
        select(Track.id, File)
        .join(before, and_(before.master_digest == Track.master_digest, before.id != Track.id))
        .join(File, File.track_id == before.id)
        .where(Track.edition_id == edition.id, or_(File.kind != FileKind.PREVIEW, same_cut))
        .order_by(File.id)
    )
    return {(track_id, file.kind, file.format): file for track_id, file in rows}


def copy_measures(session: Session, edition: Edition) -> bool:
    """Writes down what was measured of the same masters in an earlier edition of the album; whether there is one."""
    masters = Counter(track.master_digest for track in edition.tracks)
    others = select(Edition).where(Edition.album_id == edition.album_id, Edition.id != edition.id)
    for other in session.scalars(others.options(selectinload(Edition.tracks))):
        if is_measured(other) and Counter(track.master_digest for track in other.tracks) == masters:
            known = {track.master_digest: track for track in other.tracks}
            for track in edition.tracks:
                same = known[track.master_digest]
                measures = {"peaks": same.peaks, "loudness_lufs": same.loudness_lufs, "peak": same.peak}
                session.execute(update(Track).where(Track.id == track.id).values(measures))
            session.execute(update(Edition).where(Edition.id == edition.id).values(loudness_lufs=other.loudness_lufs))
            return True
    return False


def record_measures(session: Session, edition: Edition, tracks: Sequence[MeasuredTrack]) -> None:
    """Writes down how loud an edition and its tracks are, and the tracks' outlines."""
    for track in tracks:
        measures = {"peaks": track.outline, "loudness_lufs": track.lufs, "peak": track.blocks.peak}
        session.execute(update(Track).where(Track.id == track.track_id).values(measures))
    session.execute(update(Edition).where(Edition.id == edition.id).values(loudness_lufs=whole_loudness(tracks)))


def record_file(session: Session, edition: Edition, made: MadeFile) -> None:
    """Writes a file down; one that another worker wrote down in the meantime is as good.

    A preview that was cut as its owner does not want it any longer is dropped.
    """
    track = made.step.track
    if made.step.kind == FileKind.PREVIEW and track:
        # Locked, so that whoever sets another waits, and then forgets this cut too.
        wanted = session.scalar(select(Track.preview_seconds).where(Track.id == track.id).with_for_update())
        if wanted != track.preview_seconds:
            return
    insert_once(
        session,
        File,
        edition_id=edition.id,
        track_id=track.id if track else None,
        kind=made.step.kind,
        format=made.step.format,
        digest=made.digest,
        size=made.size,
        name=made.name,
    )


def make_ready(session: Session, edition: Edition) -> None:
    """The edition is complete: its album sells it, unless a newer one was ready first."""
    take_catalogue(session)
    complete = update(Edition).where(Edition.id == edition.id, Edition.state == EditionState.BUILDING)
    if session.scalar(complete.values(state=EditionState.READY).returning(Edition.id)) is not None:
        older = select(Edition.id).where(Edition.album_id == edition.album_id, Edition.number < edition.number)
        session.execute(
            update(Album)
            .where(Album.id == edition.album_id, or_(Album.edition_id.is_(None), Album.edition_id.in_(older)))
            .values(edition_id=edition.id)
            .execution_options(synchronize_session="fetch")
        )
    # Also of an edition that was ready before and has a format or a preview more: its album's page shows them.
    if session.scalar(select(Album.state).where(Album.id == edition.album_id)) == AlbumState.PUBLISHED:
        index_album(session, edition.album_id)
        bump_catalogue(session)
