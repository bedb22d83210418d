"""Times are aware and UTC, whatever the database makes of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from storefront.models import Artist, make_engine, make_sessions, writing

TOKYO = timezone(timedelta(hours=9))


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    engine = make_engine(database)
    with make_sessions(engine)() as session:
        yield session
    engine.dispose()


def artist(created: datetime) -> Artist:
    return Artist(public_id="1", slug="the-slow-hours", name="The Slow Hours", created=created)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 24, 9, 30, 0, 123456, UTC),
        datetime(2026, 11, 24, 9, 30, tzinfo=TOKYO),
        datetime(1970, 1, 1, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_as_the_same_moment_in_utc(session: Session, moment: datetime) -> None:
    with writing(session):
        session.add(artist(moment))
    session.expire_all()
    [found] = session.scalars(select(Artist))
    assert found.created == moment
    assert found.created.tzinfo is UTC


def test_moments_of_different_zones_are_compared_as_moments(session: Session) -> None:
    with writing(session):
        session.add(artist(datetime(2026, 11, 24, 9, 0, tzinfo=TOKYO)))  # midnight UTC
    one_later = select(Artist).where(Artist.created < datetime(2026, 11, 24, 0, 0, 1, tzinfo=UTC))
    one_before = select(Artist).where(Artist.created < datetime(2026, 11, 24, tzinfo=UTC))
    assert len(session.scalars(one_later).all()) == 1
    assert len(session.scalars(one_before).all()) == 0


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="a time without a zone"), writing(session):
        session.add(artist(datetime(2026, 11, 24)))


def test_the_database_refuses_a_state_that_does_not_exist(session: Session) -> None:
    row = "INSERT INTO account (public_id, email, role, created) VALUES ('1', 'a@example.com', 'owner', '2026-11-24')"
    with pytest.raises(Exception, match=r"(?i)check constraint"), writing(session):
        session.execute(text(row))
