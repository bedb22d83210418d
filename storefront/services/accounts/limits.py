"""How often something may be tried, counted in the database, so that restarts and other processes change nothing.

https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storefront.models import CountedTry, writing

LONGEST_PERIOD = timedelta(days=1)


class TooManyTries(Exception):
    """`wait` is how long until the next try."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"too many tries; the next in {wait.total_seconds():.0f} s")
        self.wait = wait

    @property
    def seconds(self) -> int:
        """For Retry-After (RFC 9110, 10.2.3): whole seconds, at least one."""
        return max(1, -int(-self.wait.total_seconds() // 1))


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` tries by one `subject` in any `period` (at most a day)."""

    subject: str
    most: int
    period: timedelta


def count_try(session: Session, limits: Sequence[Limit], now: datetime) -> list[int]:
    """Counts a try before it is made; returns its rows for `take_back`. Raises TooManyTries, and counts nothing."""
    with writing(session):  # step: the try is counted before it is made
        take_turns(session, [limit.subject for limit in limits])
        expect_room(session, limits, now)
        return count(session, limits, now)


def expect_room(session: Session, limits: Sequence[Limit], now: datetime) -> None:
    """Raises TooManyTries when one of the limits is reached."""
    for limit in limits:
        times = session.scalars(
            select(CountedTry.at)
            .where(CountedTry.subject == limit.subject, CountedTry.at > now - limit.period)
            .order_by(CountedTry.at.desc())
            .limit(limit.most)
        ).all()
        if len(times) == limit.most:
            raise TooManyTries(times[-1] + limit.period - now)


def count(session: Session, limits: Sequence[Limit], now: datetime) -> list[int]:
    """Counts a try of each subject, and forgets old ones, in the caller's transaction; returns its rows."""
    session.execute(delete(CountedTry).where(CountedTry.at < now - LONGEST_PERIOD))
    rows = [CountedTry(subject=limit.subject, at=now) for limit in limits]
    session.add_all(rows)
    session.flush()  # for their numbers
    return [row.id for row in rows]


def take_turns(session: Session, names: Sequence[str]) -> None:
    """Until the writing step ends, nobody else takes a turn of one of these names.

    PostgreSQL lets two write at once; SQLite's writers wait for each other anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        for name in sorted(names):
            session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


def take_back(session: Session, rows: list[int]) -> None:
    """A try that succeeded does not count; in the caller's transaction."""
    session.execute(delete(CountedTry).where(CountedTry.id.in_(rows)))
