"""The queue as the desk shows it: what failed, what is under way, what waits; and a failed job's second chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, select, text, tuple_
from sqlalchemy.orm import Session

from storefront.jobs import forget_failed, run_again
from storefront.models import Act, Job, writing
from storefront.services.shop.audit import Actor, record
from storefront.services.shop.masking import masked
from storefront.services.shop.reports import PAGE, Page

#: Literal, so that SQLite knows its partial indexes again.
_FAILED = text("job.failed IS NOT NULL")
_WAITING = text("job.done IS NULL AND job.failed IS NULL")
#: Of a subject in the audit list.
_WORD = 32


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job. `due` is when it runs next, or until when its worker has it."""

    key: str
    kind: str
    created: datetime
    due: datetime
    tries: int
    failed: datetime | None
    #: Where it broke, as Python tells it, without secrets; empty before the first failure.
    error: str

    @property
    def sentence(self) -> str:
        """The end of the error, which says what happened."""
        lines = [line for line in self.error.splitlines() if line and not line.startswith(" ")]
        return lines[-1][:300] if lines else ""


@dataclass(frozen=True, slots=True)
class Queue:
    """Failed ones, the last first, a page at a time; those under way; the next that wait, and how many wait in all."""

    failed: Page[JobLine]
    running: Sequence[JobLine]
    waiting: Sequence[JobLine]
    waiting_in_all: int


_LINES: Select[*tuple[Any, ...]] = select(Job.key, Job.kind, Job.created, Job.due, Job.tries, Job.failed, Job.error)


def show_queue(session: Session, secrets: Sequence[str], now: datetime, before: str | None = None) -> Queue:
    """`secrets` are masked in errors; `before` is the key of the last failed job of the page before."""
    running: ColumnElement[bool] = and_(Job.claim.is_not(None), Job.due > now)
    waiting = _LINES.where(_WAITING, not_(running)).order_by(Job.due, Job.id).limit(PAGE)
    under_way = _LINES.where(_WAITING, running).order_by(Job.due, Job.id).limit(PAGE)
    in_all = session.scalar(select(func.count()).select_from(Job).where(_WAITING, not_(running)))
    return Queue(
        _failed(session, secrets, before),
        _read(session, under_way, secrets),
        _read(session, waiting, secrets),
        in_all or 0,
    )


def run_job_again(session: Session, key: str, now: datetime, by: Actor) -> bool:
    """A failed job's tries begin anew, as after any failure before; False if it is not failed (any more)."""
    with writing(session):  # step: in the queue again, and who wanted it
        job = run_again(session, key, now)
        if job is not None:
            record(session, by, Act.JOB_AGAIN, job.kind[:_WORD], now, key=key)
    return job is not None


def forget_job(session: Session, key: str, now: datetime, by: Actor) -> bool:
    """A failed job is deleted; False if it is not failed (any more)."""
    with writing(session):  # step: forgotten, and who wanted it
        job = forget_failed(session, key)
        if job is not None:
            record(session, by, Act.JOB_FORGOTTEN, job.kind[:_WORD], now, key=key)
    return job is not None


def _failed(session: Session, secrets: Sequence[str], before: str | None) -> Page[JobLine]:
    query = _LINES.where(_FAILED).order_by(Job.failed.desc(), Job.id.desc()).limit(PAGE + 1)
    edge = session.execute(select(Job.failed, Job.id).where(Job.key == before, _FAILED)).first() if before else None
    lines = _read(session, query.where(tuple_(Job.failed, Job.id) < tuple_(*edge)) if edge else query, secrets)
    return Page(lines[:PAGE], lines[PAGE - 1].key if len(lines) > PAGE else None)


def _read(session: Session, query: Select[*tuple[Any, ...]], secrets: Sequence[str]) -> list[JobLine]:
    return [
        JobLine(row.key, row.kind, row.created, row.due, row.tries, row.failed, masked(row.error, secrets))
        for row in session.execute(query)
    ]
