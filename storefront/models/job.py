"""The job table: whatever must happen because of a change, written in the change's own transaction."""

from datetime import datetime

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.models.base import Base, Moment, Prose, RowId

WAITING = "done IS NULL AND failed IS NULL"
#: Given up; few.
FAILED = "failed IS NOT NULL"


class Job(Base):
    """A piece of work. `claim` names who works on it and `due` then is the end of the lease."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_waiting", "due", sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
        Index("ix_job_failed", "failed", "id", sqlite_where=text(FAILED), postgresql_where=text(FAILED)),
    )

    id: Mapped[RowId]
    kind: Mapped[str] = mapped_column(String(60))
    args: Mapped[dict[str, object]] = mapped_column(JSON)
    #: The same work is queued once: "settle:<purchase's public id>:<attempt>".
    key: Mapped[str] = mapped_column(String(200), unique=True)
    created: Mapped[Moment]
    due: Mapped[Moment]
    tries: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(60))
    done: Mapped[datetime | None]
    #: Given up, after too many tries; stays visible.
    failed: Mapped[datetime | None]
    error: Mapped[Prose] = mapped_column(default="")
