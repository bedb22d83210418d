"""What was begun and left: its parts take room on the disk, until the clock tidies them away."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storefront.models import Upload, UploadFile, UploadState, writing
from storefront.services.catalogue.uploading.parts import Parts

#: How long the parts of an upload stay that nothing is added to.
KEPT = timedelta(days=7)


def tidy_uploads(session: Session, parts: Parts, now: datetime) -> int:
    """Forgets uploads that nothing came to for a week, and folders of none; how many. What was read keeps its row."""
    touched = dict(parts.last_touched())
    uploads = session.scalars(select(Upload).where(Upload.updated < now - KEPT)).all()
    left = [
        upload
        for upload in uploads
        if upload.state in (UploadState.OPEN, UploadState.REFUSED)
        and touched.get(upload.public_id, upload.updated) < now - KEPT
    ]
    with writing(session):  # step: they are forgotten
        for upload in left:
            session.execute(delete(UploadFile).where(UploadFile.upload_id == upload.id))
            session.execute(delete(Upload).where(Upload.id == upload.id))
    known = set(session.scalars(select(Upload.public_id).where(Upload.state != UploadState.DONE)))
    old = [name for name, moment in touched.items() if name not in known and moment < now - KEPT]
    for name in {*old, *(upload.public_id for upload in left)}:
        parts.forget_all(name)
    return len(left)
