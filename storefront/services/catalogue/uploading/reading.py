"""The job behind an upload: its files laid out as a band's folder, and read as `storefront import` reads one."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path, PurePosixPath

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload, selectinload, sessionmaker

from storefront.models import Act, Album, Upload, UploadFile, UploadState, end_reading, writing
from storefront.money import Money
from storefront.services.catalogue.importing import ImportRefused, find_album, read_album, save
from storefront.services.catalogue.uploading.adding import add_to_album
from storefront.services.catalogue.uploading.names import places
from storefront.services.catalogue.uploading.parts import Parts
from storefront.services.catalogue.uploading.reports import Report, refusal, report_of
from storefront.services.catalogue.workplace import workplace
from storefront.services.shop.audit import record, who_did
from storefront.storage import Storage

#: The title of last resort.
UNTITLED = "Untitled"
#: Of a folder's name, in bytes: file systems take 255.
LONGEST_FOLDER = 200


def read_upload(sessions: sessionmaker[Session], storage: Storage, parts: Parts, public_id: str, now: datetime) -> None:
    """Makes the album, or changes it, from the files of the upload of this public id; `now` is in the shop's time zone.

    Called again after a crash it does the same again, which changes nothing more. What is refused keeps its files.
    """
    with sessions() as session:
        upload = session.scalar(
            select(Upload)
            .where(Upload.public_id == public_id, Upload.state == UploadState.READING)
            .options(selectinload(Upload.files), joinedload(Upload.album))
        )
        if upload is None:
            return
        end_reading(session)
        with workplace() as work:
            folder = _lay_out(upload, parts, work)
            try:
                album, report = _read(session, storage, upload, folder, now, _counter(sessions, upload))
            except ImportRefused as refused:
                _close(session, upload, UploadState.REFUSED, upload.album, refusal(refused), now)
                return
        if not _close(session, upload, UploadState.DONE, album, report, now):
            return  # it was given up meanwhile, and taken back
    parts.forget_all(public_id)


def _read(
    session: Session, storage: Storage, upload: Upload, folder: Path, now: datetime, count: Callable[[str], None]
) -> tuple[Album, Report]:
    if upload.album is not None:
        return upload.album, add_to_album(session, storage, upload.album, folder, now, count)
    price = Money(upload.amount, upload.currency) if upload.amount is not None and upload.currency else None
    read = read_album(find_album(folder), price=price, report=count)
    imported = save(session, storage, read, now=now)
    return imported.album, report_of(read, imported)


def _lay_out(upload: Upload, parts: Parts, work: Path) -> Path:
    """A folder in which the files lie under their own names."""
    named = _by_name(upload.files)
    title, placed = places(named)
    folder = work / (title.encode()[:LONGEST_FOLDER].decode(errors="ignore") or UNTITLED)
    for name, file in named.items():
        link = folder / placed[name]
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(parts.path(upload.public_id, file.public_id))
    return folder


def _by_name(files: Iterable[UploadFile]) -> dict[str, UploadFile]:
    """The files by their names; of several that came under one, from other folders, the later have a number."""
    named: dict[str, UploadFile] = {}
    for file in sorted(files, key=lambda file: file.id):
        name, number = file.name, 2
        while name in named:
            path = PurePosixPath(file.name)
            name, number = str(path.with_name(f"{path.stem} {number}{path.suffix}")), number + 1
        named[name] = file
    return named


def _counter(sessions: sessionmaker[Session], upload: Upload) -> Callable[[str], None]:
    """Writes down that another file was looked at, beside the import's own transactions."""

    def count(file: str) -> None:
        with sessions() as session, writing(session):
            session.execute(update(Upload).where(Upload.id == upload.id).values(looked_at=Upload.looked_at + 1))

    return count


def _close(
    session: Session, upload: Upload, state: UploadState, album: Album | None, report: Report, now: datetime
) -> bool:
    """Whether it was still being read."""
    with writing(session):  # step: what became of the files can be read
        closed = session.scalar(
            update(Upload)
            .where(Upload.id == upload.id, Upload.state == UploadState.READING)
            .values(state=state, album_id=album.id if album else None, report=report, updated=now)
            .returning(Upload.id)
        )
        if closed is not None and album is not None and state == UploadState.DONE:
            by = who_did(session, Act.UPLOAD_FINISHED, upload.public_id)
            record(session, by, Act.ALBUM_FROM_UPLOAD, album.public_id, now, files=len(upload.files))
    return closed is not None
