"""The engine, the session, and the one way to write: `with writing(session):`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from storefront.models.base import Base

_BEGIN = "storefront_begin"


def make_engine(url: str, *, pool_size: int = 20) -> Engine:
    """An engine for SQLite (WAL, foreign keys, synchronous=FULL: it holds money) or PostgreSQL.

    Its errors name no values of rows, for they are logged, and shown beside jobs that failed.

    Reads begin DEFERRED; `writing` begins IMMEDIATE, so that two writers wait for each other instead of failing.
    """
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, pool_size=pool_size, pool_pre_ping=True, hide_parameters=True)
        event.listen(engine, "connect", _configure_postgresql)
        return engine
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=pool_size,
        hide_parameters=True,
        connect_args={"timeout": 15, "check_same_thread": False},
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_postgresql(dbapi_connection: Any, record: Any) -> None:
    """A page's queries take milliseconds: compiling them, or starting processes to share them, takes ten more."""
    with dbapi_connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    dbapi_connection.commit()


def _configure_sqlite(dbapi_connection: Any, record: Any) -> None:
    dbapi_connection.isolation_level = None  # pysqlite begins nothing by itself; _begin_sqlite does
    cursor = dbapi_connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
        "cache_size=-16000",
        "mmap_size=134217728",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if statement := connection.get_execution_options().get(_BEGIN, "BEGIN"):
        connection.exec_driver_sql(statement)


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions that keep their objects readable after a commit (a read would open a transaction again)."""
    return sessionmaker(engine, expire_on_commit=False, autoflush=False)


def make_reader(engine: Engine) -> Engine:
    """The same engine for reading alone, without transactions: a statement sees what is committed when it runs.

    For public pages: their few statements are not worth the beginning and ending around them, nor a session.
    """
    plain = {_BEGIN: ""} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
    return engine.execution_options(**plain)


@contextmanager
def writing(session: Session) -> Iterator[None]:
    """One step: ends the reading transaction, begins a writing one, and commits at the block's end.

    What was read before may be stale inside: decide by compare-and-set, or read again. An exception rolls all back.
    """
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("objects were changed outside of a writing step")
    session.commit()
    try:
        session.connection(execution_options={_BEGIN: "BEGIN IMMEDIATE"})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


def end_reading(session: Session) -> None:
    """Ends the open reading transaction, before a call that may take long (Stripe, mail, files)."""
    session.commit()


def insert_once(session: Session, table: type[Base], **values: Any) -> bool:
    """Inserts a row, unless one with its unique values is there already: that one stays as it is. Whether it did."""
    once = _insert(session)(table).values(**values).on_conflict_do_nothing()
    result = session.execute(once.execution_options(preserve_rowcount=True))
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def add_to(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows; of one whose primary key is there already, the other columns are added to what is there.

    In the order of their keys: two who add to the same rows wait for each other once, and in no circle.
    """
    columns = table.__table__.columns
    keys = [column.name for column in columns if column.primary_key]
    insert = _insert(session)(table).values(sorted(rows, key=lambda row: [row[key] for key in keys]))
    sums = {column.name: column + insert.excluded[column.name] for column in columns if not column.primary_key}
    session.execute(insert.on_conflict_do_update(index_elements=keys, set_=sums))


def _insert(session: Session) -> Any:
    """The database's own, which knows conflicts."""
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
