"""Files of an upload as they come: announced by name, sent in chunks in their order, left out again, complete."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.models import Act, Album, Upload, UploadFile, UploadState, insert_once, writing
from storefront.money import Money
from storefront.services.catalogue.editions import MOST_TRACKS
from storefront.services.catalogue.uploading.errors import (
    ChunkDamaged,
    NotWanted,
    TooManyFiles,
    Unfinished,
    UploadClosed,
    WrongOffset,
)
from storefront.services.catalogue.uploading.names import MUSIC, PICTURES, checked_name, extension
from storefront.services.catalogue.uploading.parts import Parts
from storefront.services.shop.audit import COMMAND, Actor, record

#: Of all kinds: beside a track may lie its words, and a lossy copy.
MOST_FILES = 2 * MOST_TRACKS
#: Files still come: a refused upload can be mended.
COMING = (UploadState.OPEN, UploadState.REFUSED)


def begin_upload(session: Session, now: datetime, album: Album | None = None) -> Upload:
    """An upload without files, for a new album or for this one."""
    upload = Upload(
        public_id=secrets.token_hex(16), album_id=album.id if album else None, report=[], created=now, updated=now
    )
    with writing(session):  # step: files may come
        session.add(upload)
    return upload


def announce_file(
    session: Session, parts: Parts, upload: Upload, name: str, size: int, modified: int, now: datetime
) -> UploadFile:
    """The file of this name, size in bytes and time (ms since 1970); one that was announced before is that.

    Raises UploadClosed, NotWanted, FileTooLarge, TooManyFiles and DiskFull.
    """
    _expect_coming(upload)
    name = checked_name(name)
    known = {"upload_id": upload.id, "name": name, "size": size, "modified": modified}
    if file := session.scalar(select(UploadFile).filter_by(**known)):
        return file
    if size == 0:
        raise NotWanted("It is empty.")
    if len(upload.files) >= MOST_FILES:
        raise TooManyFiles(f"More than {MOST_FILES} files are more than one album has.")
    parts.expect_room(size)
    with writing(session):  # step: the file is known, and may come
        _take_turn(session, upload, now)
        insert_once(session, UploadFile, **known, public_id=secrets.token_hex(16), created=now)
    return session.scalars(select(UploadFile).filter_by(**known)).one()


def receive_chunk(parts: Parts, upload: Upload, file: UploadFile, offset: int, data: bytes, digest: bytes) -> int:
    """Keeps the bytes from `offset` on, if they have this SHA-256; how many of the file are here then.

    Raises UploadClosed, ChunkDamaged, WrongOffset and DiskFull.
    """
    _expect_coming(upload)
    if not hmac.compare_digest(hashlib.sha256(data).digest(), digest):
        raise ChunkDamaged
    if offset + len(data) > file.size:
        raise WrongOffset(parts.received(upload.public_id, file.public_id))
    return parts.append(upload.public_id, file.public_id, offset, data)


def leave_out(session: Session, parts: Parts, upload: Upload, file: UploadFile, now: datetime) -> None:
    """Forgets a file, and what has come of it. Raises UploadClosed."""
    with writing(session):  # step: the file is no part of it
        _take_turn(session, upload, now)
        session.execute(delete(UploadFile).where(UploadFile.id == file.id))
    parts.forget(upload.public_id, file.public_id)


def finish_upload(
    session: Session, parts: Parts, upload: Upload, price: Money | None, now: datetime, by: Actor = COMMAND
) -> None:
    """These are all: a job reads them. `price` is for a new album, if somebody says one.

    Raises UploadClosed and Unfinished.
    """
    with writing(session):  # step: nothing more comes, and the job that reads it all
        _take_turn(
            session,
            upload,
            now,
            state=UploadState.READING,
            amount=price.amount if price else None,
            currency=price.currency if price else None,
            looked_at=0,
            report=[],
        )
        # As they are now: a file may have come, or been left out, in another window.
        files = session.scalars(select(UploadFile).where(UploadFile.upload_id == upload.id)).all()
        _expect_whole(parts, upload, files)
        record(session, by, Act.UPLOAD_FINISHED, upload.public_id, now, files=len(files))
        key = f"read_upload:{upload.public_id}:{secrets.token_hex(4)}"
        enqueue(session, "read_upload", key=key, upload=upload.public_id)


def _take_turn(session: Session, upload: Upload, now: datetime, **values: Any) -> None:
    """Compare-and-set, in the caller's step: files still come, and whoever would close the upload waits for this step.

    Raises UploadClosed.
    """
    ours = update(Upload).where(Upload.id == upload.id, Upload.state.in_(COMING)).values(updated=now, **values)
    if session.scalar(ours.returning(Upload.id).execution_options(synchronize_session=False)) is None:
        raise UploadClosed


def _expect_coming(upload: Upload) -> None:
    if upload.state not in COMING:
        raise UploadClosed


def _expect_whole(parts: Parts, upload: Upload, files: Sequence[UploadFile]) -> None:
    wanted = MUSIC | PICTURES if upload.album_id else MUSIC
    if not any(extension(file.name) in wanted for file in files):
        raise Unfinished("There is no music yet. Choose the files of the album first.")
    missing = [file.name for file in files if parts.received(upload.public_id, file.public_id) < file.size]
    if missing:
        raise Unfinished(f"Not all of {missing[0]} is here yet. Let it finish, or leave it out.")
