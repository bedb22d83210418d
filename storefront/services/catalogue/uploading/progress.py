"""How the job of an upload fares, and the way back when it failed for a fault of ours."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storefront.models import Job, Upload, UploadState, writing


def failure_of(session: Session, upload: Upload) -> str | None:
    """The last words of its job if that was given up, else None: it waits, works, or is done."""
    if upload.state != UploadState.READING:
        return None
    newest = (
        select(Job.error, Job.failed)
        .where(Job.kind == "read_upload", Job.key.startswith(f"read_upload:{upload.public_id}:"))
        .order_by(Job.id.desc())
        .limit(1)
    )
    row = session.execute(newest).first()
    return (row.error.strip().splitlines() or ["it ended"])[-1] if row and row.failed else None


def reopen_upload(session: Session, upload: Upload, now: datetime) -> None:
    """Lets files come again, if its job was given up."""
    if failure_of(session, upload) is None:
        return
    with writing(session):  # step: it can be mended, and finished again
        session.execute(
            update(Upload)
            .where(Upload.id == upload.id, Upload.state == UploadState.READING)
            .values(state=UploadState.OPEN, updated=now)
        )
