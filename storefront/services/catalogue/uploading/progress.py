"""How the job of an upload fares, and the ways on when it was given up for a fault of ours."""

from datetime import datetime

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.models import Job, Upload, UploadState, writing


def failure_of(session: Session, upload: Upload) -> str | None:
    """The last words of its job if that was given up, else None: it waits, works, or is done."""
    job = _given_up(session, upload)
    return (job.error.strip().splitlines() or ["it ended"])[-1] if job else None


def reopen_upload(session: Session, upload: Upload, now: datetime) -> None:
    """Lets files come again, if its job was given up."""
    with writing(session):  # step: it can be mended, and finished again
        if _given_up(session, upload):
            _still_reading(session, upload, state=UploadState.OPEN, updated=now)


def read_again(session: Session, upload: Upload, now: datetime) -> None:
    """Has the same files read once more, if its job was given up."""
    with writing(session):  # step: another job has it
        job = _given_up(session, upload)
        if job and _still_reading(session, upload, looked_at=0, updated=now):
            # Named by the one before, so that two presses are one.
            key = f"read_upload:{upload.public_id}:after-{job.id}"
            enqueue(session, "read_upload", key=key, upload=upload.public_id)


def _given_up(session: Session, upload: Upload) -> Row[int, str, datetime | None] | None:
    """The newest job of an upload that is being read, if that failed for good."""
    newest = (
        select(Job.id, Job.error, Job.failed)
        .where(Job.kind == "read_upload", Job.key.startswith(f"read_upload:{upload.public_id}:"))
        .where(select(Upload.id).where(Upload.id == upload.id, Upload.state == UploadState.READING).exists())
        .order_by(Job.id.desc())
        .limit(1)
    )
    row = session.execute(newest).first()
    return row if row and row.failed else None


def _still_reading(session: Session, upload: Upload, **values: object) -> bool:
    """Compare-and-set."""
    ours = update(Upload).where(Upload.id == upload.id, Upload.state == UploadState.READING).values(**values)
    return session.scalar(ours.returning(Upload.id).execution_options(synchronize_session=False)) is not None
