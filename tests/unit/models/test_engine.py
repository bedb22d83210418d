"""`with writing(session)`: one step, all or nothing, one writer after the other."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from storefront.models import CatalogueVersion, end_reading, make_engine, make_sessions, writing


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = make_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with make_sessions(engine)() as session:
        yield session


def version(engine: Engine) -> int:
    with make_sessions(engine)() as session:
        return session.get_one(CatalogueVersion, 1).version


def test_a_step_is_committed_at_its_end_and_leaves_nothing_open(engine: Engine, session: Session) -> None:
    row = session.get_one(CatalogueVersion, 1)
    with writing(session):
        row.version = 7
    assert version(engine) == 7
    assert not session.in_transaction()
    assert row.version == 7  # and reading it opens no transaction
    assert not session.in_transaction()


def test_a_step_that_fails_leaves_nothing_behind(engine: Engine, session: Session) -> None:
    def step() -> None:
        with writing(session):
            session.get_one(CatalogueVersion, 1).version = 8
            session.flush()  # it has reached the database
            raise KeyError

    with pytest.raises(KeyError):
        step()
    assert version(engine) == 1
    assert not session.in_transaction()


def test_changes_made_outside_of_a_step_are_refused(session: Session) -> None:
    session.get_one(CatalogueVersion, 1).version = 9
    with pytest.raises(RuntimeError, match="outside of a writing step"), writing(session):
        pass


def test_the_end_of_reading_ends_the_transaction(session: Session) -> None:
    session.get_one(CatalogueVersion, 1)
    assert session.in_transaction()
    end_reading(session)
    assert not session.in_transaction()


def test_writers_at_once_wait_for_each_other_and_none_fails(engine: Engine) -> None:
    sessions = make_sessions(engine)
    failures = []

    def count_up() -> None:
        try:
            for _ in range(20):
                with sessions() as session:
                    session.get_one(CatalogueVersion, 1)  # reads first: what a deferred transaction would fail on
                    with writing(session):
                        session.execute(text("UPDATE catalogue_version SET version = version + 1"))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert version(engine) == 1 + 6 * 20


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_sqlite_is_set_for_money(engine: Engine) -> None:
    with engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
        }
        assert pragmas == {"journal_mode": "wal", "synchronous": 2}  # FULL
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_postgresql_starts_nothing_for_a_page(database: str) -> None:
    engine = make_engine(database)
    for _ in range(2):  # it stays so when a transaction is given up
        with engine.connect() as connection:
            assert connection.scalar(text("SHOW jit")) == "off"
            assert connection.scalar(text("SHOW max_parallel_workers_per_gather")) == "0"
            connection.rollback()
    engine.dispose()
