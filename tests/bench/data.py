"""A large shop to measure the desk with: `make bench-data`, or `python -m tests.bench.data --purchases 100000`.

1,000,000 purchases of 2,000 albums by 300,000 people over three years, in var/bench, on SQLite and PostgreSQL. What is
there already is taken again, with newer migrations applied; after a week it is made anew, since it ends today.
The admin is owner@example.com, and their password the tests'.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import Connection, Engine, Table, select

from storefront.migrations import upgrade
from storefront.models import Album, Base, make_engine, make_sessions
from storefront.services.shop.figures.recounting import recount
from tests.bench.bulk import bulk, copy_into
from tests.bench.catalogue import fill
from tests.bench.sale_rows import BELONGINGS, PURCHASE, belongings, purchase
from tests.bench.sales import ACCOUNT, Offer, Plan
from tests.support.databases import KINDS, postgres_server
from tests.support.people import make_owner

FOLDER = Path("var/bench").resolve()
WEEK = 7 * 86_400
#: So many accounts are left for whoever is made by hand.
FIRST_ACCOUNT = 1000


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is."""

    purchases: int = 1_000_000
    albums: int = 2_000
    customers: int = 300_000

    @property
    def name(self) -> str:
        return f"desk_{self.purchases}_{self.albums}_{self.customers}"


@contextmanager
def large_shop(kind: str, size: Size) -> Iterator[str]:
    """The URL of a database of that kind ("sqlite", "postgresql"), made if it is not there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        file = FOLDER / f"{size.name}.sqlite"
        if not _fresh(file):
            _make(f"sqlite:///{file}.new", size)
            Path(f"{file}.new").replace(file)
        yield _upgraded(f"sqlite:///{file}")
        return
    with _lasting_server() as server:
        mark = FOLDER / f"{size.name}.postgresql"
        url = server.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{size.name}?")
        if not _fresh(mark):
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {size.name} WITH (FORCE)")
                connection.execute(f"CREATE DATABASE {size.name}")
            _make(url, size)
            mark.touch()
        yield _upgraded(url)


@contextmanager
def _lasting_server() -> Iterator[str]:
    """Its folder is written down in var/bench: it lies where the user that root's server runs as may go."""
    note = FOLDER / "postgresql.folder"
    folder = Path(note.read_text()) if note.exists() else None
    if folder is None or not folder.is_dir():
        for mark in FOLDER.glob("*.postgresql"):
            mark.unlink()
        folder = Path(tempfile.mkdtemp(prefix="storefront-bench-"))
        note.write_text(str(folder))
    with postgres_server(folder) as server:
        yield server


def _fresh(file: Path) -> bool:
    return file.exists() and time.time() - file.stat().st_ctime < WEEK


def _upgraded(url: str) -> str:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    return url


def _make(url: str, size: Size) -> None:
    if url.startswith("sqlite"):
        for end in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + end).unlink(missing_ok=True)
    engine = make_engine(url)
    began = time.perf_counter()
    upgrade(engine)
    with make_sessions(engine)() as session:
        fill(session, size.albums)
        make_owner(session)
    _sell(engine, size)
    with make_sessions(engine)() as session:
        list(recount(session, ZoneInfo("UTC")))
    engine.dispose()
    print(f"{url.partition(':')[0]}: made in {time.perf_counter() - began:.0f} s", flush=True)


def _sell(engine: Engine, size: Size) -> None:
    columns = (Album.id, Album.public_id, Album.title, Album.amount, Album.currency)
    with engine.connect() as connection:
        offers = [Offer(*row) for row in connection.execute(select(*columns).order_by(Album.id))]
    plan = Plan(offers, size.purchases, size.customers, time.time(), FIRST_ACCOUNT)
    tables: dict[str, Any] = Base.metadata.tables
    filled: list[Table] = [tables[name] for name in ("account", "album_purchase", *BELONGINGS)]
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _hurry(connection)
        with bulk(connection, filled):
            copy_into(connection, tables["account"], ACCOUNT, plan.accounts())
            copy_into(connection, tables["album_purchase"], PURCHASE, (purchase(sale) for sale in plan.sales()))
            for name, names in BELONGINGS.items():
                rows = (row for sale in plan.sales() for row in belongings(name, sale))
                copy_into(connection, tables[name], names, rows)
        connection.commit()
        if engine.dialect.name == "sqlite":  # no shop has statistics there: nothing runs ANALYZE
            connection.exec_driver_sql("DELETE FROM sqlite_stat1")
        else:
            connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _hurry(connection: Connection) -> None:
    """What would be lost in a crash is made again."""
    dbapi = connection.connection.driver_connection
    assert dbapi is not None
    for pragma in ("foreign_keys=OFF", "synchronous=OFF", "journal_mode=OFF", "cache_size=-400000"):
        dbapi.execute(f"PRAGMA {pragma}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = Size()
    parser.add_argument("--purchases", type=int, default=usual.purchases)
    parser.add_argument("--albums", type=int, default=usual.albums)
    parser.add_argument("--customers", type=int, default=usual.customers)
    parser.add_argument("--database", choices=KINDS, help="one alone")
    options = parser.parse_args()
    for kind in [options.database] if options.database else KINDS:
        with large_shop(kind, Size(options.purchases, options.albums, options.customers)) as url:
            print(url)
    return 0


if __name__ == "__main__":
    sys.exit(main())
