"""The queue's statements, the same on SQLite and PostgreSQL."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from storefront.models import Job, insert_once, writing

LONGEST_BACK_OFF = timedelta(hours=1)


def enqueue(session: Session, kind: str, *, key: str, due: datetime | None = None, **args: Any) -> None:
    """Queues work in the caller's transaction. A job of this key that is there already stays as it is."""
    now = datetime.now(UTC)
    insert_once(session, Job, kind=kind, args=args, key=key, created=now, due=due or now, tries=0, error="")


def enqueue_periodic(session: Session, kind: str, every: timedelta, now: datetime) -> None:
    """Queues the run of a periodic task for the period that `now` is in, once, however many workers do.

    A run that nobody did while the shop was off is not made up for.
    """
    period = int(now.timestamp() // every.total_seconds())
    with writing(session):
        enqueue(session, kind, key=f"{kind}:{period}", due=now)


def forget_done(session: Session, before: datetime, periodic: Iterable[str] = ()) -> int:
    """Deletes jobs that were done before then; how many. Failed ones stay visible, but for the periodic."""
    over = or_(Job.done < before, and_(Job.failed < before, Job.kind.in_(list(periodic))))
    with writing(session):
        result = session.execute(delete(Job).where(over).execution_options(synchronize_session=False))
        return result.rowcount if isinstance(result, CursorResult) else 0


def run_again(session: Session, key: str, now: datetime) -> Job | None:
    """Puts a job that was given up back into the queue, in the caller's transaction; None if it was not given up."""
    return session.scalar(
        update(Job)
        .where(Job.key == key, Job.failed.is_not(None))
        .values(failed=None, due=now, claim=None, tries=0)
        .returning(Job)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


def forget_failed(session: Session, key: str) -> Job | None:
    """Deletes a job that was given up, in the caller's transaction; None if it was not given up."""
    return session.scalar(
        delete(Job)
        .where(Job.key == key, Job.failed.is_not(None))
        .returning(Job)
        .execution_options(synchronize_session=False)
    )


def hurry(session: Session, kind: str, *, key: str, now: datetime, **args: Any) -> None:
    """Has the work done now, in the caller's transaction: it waits to be tried again, was given up, done, or forgotten.

    Work that is under way is left alone.
    """
    idle = or_(Job.claim.is_(None), Job.due <= now)
    session.execute(
        update(Job)
        .where(Job.key == key, idle)
        .values(done=None, failed=None, due=now, claim=None, tries=0)
        .execution_options(synchronize_session=False)
    )
    enqueue(session, kind, key=key, due=now, **args)


def claim(session: Session, kinds: Iterable[str], now: datetime, lease: timedelta) -> Job | None:
    """The job that has waited longest, now ours until `lease` ends; None when nothing is due."""
    waiting = (
        select(Job.id)
        .where(Job.done.is_(None), Job.failed.is_(None), Job.due <= now, Job.kind.in_(list(kinds)))
        .order_by(Job.due)
        .limit(1)
    )
    if session.scalar(waiting) is None:  # so that an idle worker takes no writer's lock
        session.commit()
        return None
    with writing(session):
        return session.scalar(
            update(Job)
            .where(Job.id == waiting.with_for_update(skip_locked=True).scalar_subquery())
            .values(claim=secrets.token_hex(16), due=now + lease, tries=Job.tries + 1)
            .returning(Job)
            .execution_options(synchronize_session=False, populate_existing=True)
        )


def _ours(job: Job) -> Any:
    return update(Job).where(Job.id == job.id, Job.claim == job.claim).execution_options(synchronize_session=False)


def renew(session: Session, job: Job, now: datetime, lease: timedelta) -> None:
    """Keeps a claimed job ours while its task still works."""
    with writing(session):
        session.execute(_ours(job).values(due=now + lease))


def finish(session: Session, job: Job, now: datetime) -> None:
    """Done, unless the lease ended and somebody else has it now."""
    with writing(session):
        session.execute(_ours(job).values(done=now, claim=None, error=""))


def postpone(session: Session, job: Job, due: datetime) -> None:
    """The task asked to be called again; its tries begin anew."""
    with writing(session):
        session.execute(_ours(job).values(due=due, claim=None, tries=0, error=""))


def fail(session: Session, job: Job, now: datetime, error: str, most: int) -> None:
    """Tries again with back-off (1 s, 2 s, 4 s ... an hour), or gives up after `most` tries and stays visible."""
    given_up = job.tries >= most
    due = now + min(timedelta(seconds=2 ** min(job.tries - 1, 20)), LONGEST_BACK_OFF)
    with writing(session):
        session.execute(_ours(job).values(due=due, claim=None, error=error, failed=now if given_up else None))
