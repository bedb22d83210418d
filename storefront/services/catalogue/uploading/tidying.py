"""What was begun and left: its parts take room on the disk, until the clock tidies them away."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storefront.models import Upload, UploadFile, UploadState, writing
from storefront.services.catalogue.uploading.parts import Parts
from storefront.services.catalogue.uploading.progress import failure_of
from storefront.services.catalogue.uploading.receiving import COMING

#: How long the parts of an upload stay that nothing is added to.
KEPT = timedelta(days=7)


def tidy_uploads(session: Session, parts: Parts, now: datetime) -> int:
    """Forgets uploads that nothing came to for a week, and folders of none; how many. What was read keeps its row."""
    before = now - KEPT
    stale = select(Upload).where(Upload.updated < before, Upload.state != UploadState.DONE)
    left = [upload for upload in session.scalars(stale).all() if _forget(session, parts, upload, before)]
    known = set(session.scalars(select(Upload.public_id).where(Upload.state != UploadState.DONE)))
    for name, moment in parts.last_touched():
        if name not in known and moment < before:
            parts.forget_all(name)
    return len(left)


def _forget(session: Session, parts: Parts, upload: Upload, before: datetime) -> bool:
    """Forgets an upload, unless somebody went on with it, or a job still has it."""
    with writing(session):  # step: it is forgotten
        # Whoever adds to it changes its row first, and waits here; so what is true now stays so until the end.
        state = session.scalar(
            update(Upload)
            .where(Upload.id == upload.id, Upload.updated < before)
            .values(updated=Upload.updated)
            .returning(Upload.state)
            .execution_options(synchronize_session=False)
        )
        if state not in COMING and failure_of(session, upload) is None:
            return False
        if parts.touched(upload.public_id) >= before:
            return False
        session.execute(delete(UploadFile).where(UploadFile.upload_id == upload.id))
        session.execute(delete(Upload).where(Upload.id == upload.id))
    parts.forget_all(upload.public_id)
    return True
